//! Encryption, as each mode of the address asks for it.

use std::time::Duration;

use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;
use secrecy::SecretString;
use troupe::cold::{self, BACKGROUND_BUDGET, Cold, ColdError, ConnectError, Connection};

use super::{execute, observer, wait_for, warm};
use crate::support::postgres::{self, Postgres};

struct Certificates {
    authority: String,
    server: String,
    key: String,
}

/// An authority, and a server's certificate for the name `localhost` alone.
fn certificates() -> Certificates {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(Vec::new()).expect("an authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = params.self_signed(&key).expect("an authority").pem();
    let issuer = Issuer::new(params, key);
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec!["localhost".to_owned()]).expect("a certificate");
    let server = params.signed_by(&key, &issuer).expect("a signature").pem();
    Certificates { authority, server, key: key.serialize_pem() }
}

async fn encrypted(url: String) -> Result<bool, ColdError> {
    #[derive(diesel::QueryableByName)]
    struct Answer {
        #[diesel(sql_type = Bool)]
        ssl: bool,
    }
    let query = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    let work = async |connection: &mut Connection| {
        Ok::<_, ColdError>(diesel::sql_query(query).get_result::<Answer>(connection).await?.ssl)
    };
    Cold::with_connections(&SecretString::from(url), 1).run(BACKGROUND_BUDGET, work).await
}

#[tokio::test]
async fn tls_checks_what_its_mode_says() {
    let (made, stranger) = (certificates(), certificates());
    let files = [
        ("server.crt", made.server.as_str()),
        ("server.key", &made.key),
        ("ca.pem", &made.authority),
        ("stranger.pem", &stranger.authority),
        ("empty.pem", ""),
    ];
    let options = ["ssl=on", "ssl_cert_file=../server.crt", "ssl_key_file=../server.key"];
    let server = Postgres::start_with(&files, &options).await;
    let url = |host: &str, options: &str| {
        let (user, password) = (postgres::USER, postgres::PASSWORD);
        format!("postgres://{user}:{password}@{host}:{}/postgres{options}", server.port())
    };
    let rooted = |host: &str, mode: &str, file: &str| {
        url(host, &format!("?sslmode={mode}&sslrootcert={}", server.file(file).display()))
    };

    assert!(!encrypted(url("127.0.0.1", "?sslmode=disable")).await.expect("plain"));
    for options in ["", "?sslmode=prefer", "?sslmode=require"] {
        assert!(encrypted(url("127.0.0.1", options)).await.expect(options), "{options}");
    }
    for (host, mode, file) in [
        ("127.0.0.1", "require", "ca.pem"),
        ("127.0.0.1", "verify-ca", "ca.pem"),
        ("localhost", "verify-full", "ca.pem"),
        ("localhost", "verify-full", "server.crt"),
    ] {
        assert!(encrypted(rooted(host, mode, file)).await.expect(mode), "{host} {mode} {file}");
    }
    for (url, said) in [
        (rooted("127.0.0.1", "require", "stranger.pem"), "invalid peer certificate"),
        (rooted("localhost", "verify-ca", "stranger.pem"), "invalid peer certificate"),
        (rooted("127.0.0.1", "verify-full", "ca.pem"), "not valid for name"),
        (rooted("127.0.0.1", "verify-full", "server.crt"), "not valid for name"),
        (rooted("localhost", "verify-full", "missing.pem"), "sslrootcert"),
        (rooted("localhost", "verify-full", "empty.pem"), "no certificate"),
    ] {
        let error = encrypted(url.clone()).await.expect_err(&url);
        assert!(
            matches!(error, ColdError::Connect(ConnectError::Refused(_) | ConnectError::Tls(_))),
            "{error:?}"
        );
        assert!(error.to_string().contains(said) && !error.is_outage(), "{error}");
        assert!(!format!("{error:?}").contains(postgres::PASSWORD), "{error:?}");
    }

    // What goes around the pool is encrypted as well: migrations, and the request to cancel.
    let full = SecretString::from(rooted("localhost", "verify-full", "ca.pem"));
    cold::migrations::migrate(&full, cold::migrations::Direction::Up).await.expect("up");
    let cold = Cold::with_connections(&full, 1);
    warm(&cold, 1).await;
    let slow = async |connection: &mut Connection| execute(connection, "SELECT pg_sleep(600)").await;
    let cut: Result<(), _> = cold.run(Duration::from_secs(1), slow).await;
    assert!(matches!(cut, Err(ColdError::CutOff)), "{cut:?}");
    let sleeping = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'";
    wait_for(&mut observer(&server).await, sleeping, 0).await;
}

#[tokio::test]
async fn a_server_without_tls_is_refused_where_tls_is_asked_for() {
    let server = Postgres::start().await;
    let url = format!("{}?sslmode=require", server.url());
    let error = encrypted(url).await.expect_err("no TLS");
    assert!(matches!(error, ColdError::Connect(ConnectError::Refused(_))), "{error:?}");
    assert!(!encrypted(server.url()).await.expect("preferred, not required"));
}
