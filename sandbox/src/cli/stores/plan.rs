//! What was asked for, checked before anything is started.

use secrecy::{ExposeSecret as _, SecretString};
use troupe_sandbox::links::StoreUrl;

/// The stores, in the order of their start.
#[derive(Debug)]
pub(in crate::cli) struct Plan {
    pub(super) stores: Vec<Store>,
}

/// A store.
#[derive(Debug)]
pub(super) struct Store {
    /// The variable that the bot reads.
    pub(super) variable: String,
    /// What its link is called.
    pub(super) link: String,
    pub(super) source: Source,
}

/// Where a store comes from.
#[derive(Debug)]
pub(super) enum Source {
    /// It is there.
    Url(StoreUrl),
    /// A program, with its arguments, starts it.
    Command(Command),
    /// A private Redis.
    Redis,
}

/// A program with its arguments, which may hold secrets.
pub(super) struct Command(pub(super) Vec<String>);

impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Command").field(&self.0.first()).finish_non_exhaustive()
    }
}

impl Plan {
    /// The private Redis, then services, then links.
    pub(super) fn new(
        links: &[SecretString],
        services: &[SecretString],
        with_redis: bool,
    ) -> Result<Self, String> {
        let mut plan = Self { stores: Vec::new() };
        if with_redis {
            plan.add("REDIS_URL", Source::Redis)?;
        }
        for service in services {
            let (name, command) = parted(service.expose_secret(), "--service", "NAME=COMMAND")?;
            let command = command.ok_or("--service takes NAME=COMMAND")?;
            let words = shlex::split(command).ok_or_else(|| {
                format!(
                    "the command of --service {name} has a quote that is not closed, or ends with a backslash"
                )
            })?;
            if words.is_empty() {
                return Err(format!("--service {name} has no command after its ="));
            }
            plan.add(name, Source::Command(Command(words)))?;
        }
        for link in links {
            let (name, url) = parted(link.expose_secret(), "--link", "NAME=URL")?;
            let url = match url {
                Some(url) => SecretString::from(url),
                None => from_environment(name)?,
            };
            let url = StoreUrl::parse(url.expose_secret());
            plan.add(name, Source::Url(url.map_err(|error| format!("--link {name}: {error}"))?))?;
        }
        Ok(plan)
    }

    fn add(&mut self, variable: &str, source: Source) -> Result<(), String> {
        let link = link_name(variable);
        if let Some(other) = self.stores.iter().find(|store| store.link == link) {
            let both = if other.variable == variable {
                format!("{variable} is given twice")
            } else {
                format!("{} and {variable} would both have a link {link}", other.variable)
            };
            return Err(format!("{both}: one of --link, --service and --with-redis is for each store"));
        }
        self.stores.push(Store { variable: variable.to_owned(), link, source });
        Ok(())
    }
}

/// `NAME=REST`. What is no name is not repeated: it may be an address.
fn parted<'a>(given: &'a str, option: &str, form: &str) -> Result<(&'a str, Option<&'a str>), String> {
    let (name, rest) = match given.split_once('=') {
        Some((name, rest)) => (name, Some(rest)),
        None => (given, None),
    };
    let begins_well = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if begins_well && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Ok((name, rest));
    }
    Err(format!(
        "{option} takes {form}, where NAME is a variable of the bot's environment, such as REDIS_URL"
    ))
}

fn from_environment(name: &str) -> Result<SecretString, String> {
    match std::env::var(name) {
        Ok(value) if !value.trim().is_empty() => Ok(SecretString::from(value)),
        _ => Err(format!("{name} is not set here: set it, or write --link {name}=URL")),
    }
}

/// What a link for this variable is called.
fn link_name(variable: &str) -> String {
    match variable {
        "REDIS_URL" => "redis".to_owned(),
        "DATABASE_URL" => "postgres".to_owned(),
        other => {
            let lower = other.to_ascii_lowercase();
            lower.strip_suffix("_url").filter(|stem| !stem.is_empty()).unwrap_or(&lower).to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(links: &[&str], services: &[&str], with_redis: bool) -> Result<Plan, String> {
        let secret = |given: &[&str]| given.iter().map(|one| SecretString::from(*one)).collect::<Vec<_>>();
        Plan::new(&secret(links), &secret(services), with_redis)
    }

    #[test]
    fn links_are_called_after_their_variables() {
        let links = ["QUEUE_URL=redis://h", "CACHE=redis://h", "_URL=redis://h"];
        let services = ["DATABASE_URL=keep 'the base' --in a\\ b"];
        let plan = plan(&links, &services, true).expect("a plan");
        let names: Vec<_> = plan.stores.iter().map(|store| store.link.as_str()).collect();
        assert_eq!(names, ["redis", "postgres", "queue", "cache", "_url"]);
        let Source::Command(command) = &plan.stores[1].source else { panic!("{plan:?}") };
        assert_eq!(command.0, ["keep", "the base", "--in", "a b"]);
        assert!(!format!("{plan:?}").contains("base"), "{plan:?}");
    }

    #[test]
    fn what_is_wrong_is_told_without_its_secrets() {
        for (links, services, with_redis, sentence) in [
            (&["redis://:secret@h"][..], &[][..], false, "--link takes NAME=URL"),
            (&["1X=secret"], &[], false, "--link takes NAME=URL"),
            (&["A_URL=rediss://:secret@h"], &[], false, "--link A_URL: a link forwards no TLS"),
            (&["A_URL=secret"], &[], false, "--link A_URL: a link needs an address"),
            (&["TROUPE_NOWHERE_URL"], &[], false, "TROUPE_NOWHERE_URL is not set here"),
            (&["REDIS_URL=redis://:secret@h"], &[], true, "REDIS_URL is given twice"),
            (
                &["POSTGRES_URL=postgres://h", "DATABASE_URL=postgres://h"],
                &[],
                false,
                "both have a link postgres",
            ),
            (&[], &["A_URL"], false, "--service takes NAME=COMMAND"),
            (&[], &["A_URL= "], false, "no command"),
            (&[], &["A_URL=x 'secret"], false, "a quote that is not closed"),
        ] {
            let told = plan(links, services, with_redis).map(drop).expect_err(sentence);
            assert!(told.contains(sentence) && !told.contains("secret"), "{told}");
        }
    }
}
