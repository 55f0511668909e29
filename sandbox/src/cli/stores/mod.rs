//! The stores of a bot that is started with the sandbox: each behind a link, some of them started for it.

mod plan;
mod redis;
mod service;

use std::future::pending;

use clap::Args;
use clap::builder::{StringValueParser, TypedValueParser};
use futures::future::select_all;
use secrecy::SecretString;
use troupe_sandbox::links::{Links, StoreUrl};

use self::plan::Source;
use self::service::Service;
use super::tell;

pub(super) use self::plan::Plan;

/// Which stores. What they hold may be secret, so nothing here is parsed by clap, whose errors repeat what was given.
#[derive(Debug, Args)]
pub(super) struct Stores {
    /// Put a link before a store: the bot finds the link's address in its variable NAME. URL is a redis:// or
    /// postgres:// address, without TLS; left out, it is the variable's value here, which no list of processes
    /// shows. May be repeated.
    #[arg(long = "link", value_name = "NAME[=URL]", value_parser = secret())]
    links: Vec<SecretString>,
    /// Start a program that the bot needs, before the bot, and stop it after it. It prints the address of its store
    /// as the first line; the bot finds a link to that in its variable NAME. May be repeated.
    #[arg(long = "service", value_name = "NAME=COMMAND", requires = "bot", value_parser = secret())]
    services: Vec<SecretString>,
    /// Start a private Redis from the installed redis-server, which keeps nothing; the bot finds a link to it in
    /// REDIS_URL.
    #[arg(long, requires = "bot")]
    with_redis: bool,
}

fn secret() -> impl TypedValueParser<Value = SecretString> {
    StringValueParser::new().map(SecretString::from)
}

/// What was started for a bot. Stop it: dropped, its services are killed.
#[derive(Debug, Default)]
pub(super) struct Started {
    services: Vec<Service>,
    /// What the bot's environment gets: a variable, and an address with its password.
    environment: Vec<(String, SecretString)>,
}

impl Stores {
    /// Checks what was asked for; nothing is started.
    pub(super) fn plan(&self) -> Result<Plan, String> {
        Plan::new(&self.links, &self.services, self.with_redis)
    }
}

impl Started {
    /// Starts what `plan` says, one after the other, and opens the links. Whatever it had started when it failed, or
    /// was dropped, is there to be stopped.
    pub(super) async fn start(&mut self, plan: Plan, links: &Links) -> Result<(), String> {
        for store in plan.stores {
            let (variable, name) = (store.variable, store.link);
            let url = match store.source {
                Source::Url(url) => url,
                Source::Command(command) => {
                    let service = Service::start(&variable, &command)?;
                    self.services.push(service);
                    let service = self.services.last_mut().expect("it was just put there");
                    service.address().await?
                }
                Source::Redis => redis::start(&mut self.services).await?,
            };
            let link = links.open(&name, url.target().clone()).await.map_err(|error| error.to_string())?;
            tell(&format!("  link {name}: {} leads to {}", link.address(), link.target()));
            self.environment.push((variable, url.at(link.address())));
        }
        Ok(())
    }

    /// Variables for the bot.
    pub(super) fn environment(&self) -> &[(String, SecretString)] {
        &self.environment
    }

    /// Done when a service ends by itself, with what to say about it.
    pub(super) async fn ended(&mut self) -> String {
        if self.services.is_empty() {
            return pending().await;
        }
        let (said, ..) = select_all(self.services.iter_mut().map(|service| Box::pin(service.ended()))).await;
        said
    }

    /// Stops all services, the last one first.
    pub(super) async fn stop(&mut self) {
        while let Some(mut service) = self.services.pop() {
            service.stop().await;
        }
    }
}

/// What a service printed, as an address.
fn parsed(service: &str, line: &str) -> Result<StoreUrl, String> {
    StoreUrl::parse(line).map_err(|error| {
        format!("the first line that the service for {service} printed is no address: {error}")
    })
}
