//! The database's address as PostgreSQL's own programs take it: without the password, which travels apart.

use secrecy::{ExposeSecret, SecretString};
use tokio::process::Command;

/// An address in two parts.
#[derive(Debug, Clone)]
pub(super) struct Address {
    /// The address, fit for a command line.
    pub(super) open: String,
    password: Option<SecretString>,
}

impl Address {
    /// Takes the password out of `url`. Not by a general parser: with several hosts, this is no URL to one.
    pub(super) fn split(url: &SecretString) -> Self {
        let url = url.expose_secret();
        let (scheme, rest) = url.split_once("://").unwrap_or(("postgres", url));
        let (before, query) =
            rest.split_once('?').map_or((rest, None), |(before, query)| (before, Some(query)));
        let mut password = None;
        let place = match before.rsplit_once('@') {
            Some((user, place)) => {
                let (user, given) =
                    user.split_once(':').map_or((user, None), |(user, given)| (user, Some(given)));
                password = given.map(decode);
                format!("{user}@{place}")
            }
            None => before.to_owned(),
        };
        let mut kept = Vec::new();
        for pair in query.into_iter().flat_map(|query| query.split('&')) {
            match pair.split_once('=') {
                Some(("password", given)) => password = Some(decode(given)),
                _ => kept.push(pair),
            }
        }
        let query = if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) };
        Self { open: format!("{scheme}://{place}{query}"), password: password.map(SecretString::from) }
    }

    /// Hands the password to a child in its environment, which only its own user can read.
    pub(super) fn give_password(&self, command: &mut Command) {
        match &self.password {
            Some(password) => command.env("PGPASSWORD", password.expose_secret()),
            None => command.env_remove("PGPASSWORD"),
        };
    }
}

/// Undoes percent-encoding. A plus sign stays one: this is not a form.
fn decode(text: &str) -> String {
    let text = text.replace('+', "%2B");
    url::form_urlencoded::parse(text.as_bytes()).next().map(|(name, _)| name.into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(url: &str) -> (String, Option<String>) {
        let address = Address::split(&SecretString::from(url));
        (address.open, address.password.map(|password| password.expose_secret().to_owned()))
    }

    #[test]
    fn the_password_is_taken_out_wherever_it_stands() {
        let cases = [
            ("postgres://u:p%40+s@h:1/d?sslmode=require", "postgres://u@h:1/d?sslmode=require", Some("p@+s")),
            ("postgresql://u:x@a:1,b:2/d", "postgresql://u@a:1,b:2/d", Some("x")),
            (
                "postgres://u@/d?host=%2Frun&password=y%26z&port=1",
                "postgres://u@/d?host=%2Frun&port=1",
                Some("y&z"),
            ),
            ("postgres://u:a=b@h/d?password=c", "postgres://u@h/d", Some("c")),
            ("postgres:///d", "postgres:///d", None),
            ("postgres://h", "postgres://h", None),
        ];
        for (url, open, password) in cases {
            assert_eq!(split(url), (open.to_owned(), password.map(str::to_owned)), "{url}");
        }
    }
}
