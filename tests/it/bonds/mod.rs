//! Bonds on the real program: growing, shown, named, paused, hidden and erased, as members see it.

use troupe_sandbox::drive::{Member, Message, Reply};

use crate::support::eventually;
use crate::talk_flow::stage::{Stage, answer, talk};

const BONDS: &str = "SELECT coalesce(sum(xp), 0) FROM bond_state";
/// What a note of a new band says.
const REACHED: &str = "are friends now";

/// Talks once, to the record's end; the answer as it is shown.
async fn talked(stage: &Stage, member: &Member, text: &str) -> Message {
    stage.says(text).await;
    let reply = member
        .uses("/talk")
        .with("message", "Good evening")
        .with("character", "Mira")
        .send()
        .await
        .expect("acknowledged");
    let shown = answer(member, text).await;
    stage.charge(reply.interaction()).await;
    shown
}

/// Uses a command of `/bond` about Mira; its whole answer.
async fn bond(member: &Member, command: &str, expected: &str) -> Reply {
    let mut reply =
        member.uses(&format!("/bond {command}")).with("character", "Mira").send().await.expect("sent");
    reply.contains(expected).await.expect("the answer");
    assert!(reply.is_ephemeral(), "nobody else's business");
    reply
}

/// The newest prompt, as JSON.
async fn prompt(stage: &Stage) -> String {
    let asked = stage.discord.model().requests().await.expect("what was asked");
    asked.last().expect("a request").body["messages"].to_string()
}

#[tokio::test]
async fn a_bond_grows_by_talking_and_its_band_is_told_once() {
    let mut stage = Stage::set().await;
    let max = stage.max();
    for n in 1..=4 {
        let shown = talked(&stage, &max, &format!("Answer {n}.")).await;
        assert!(!shown.text().contains(REACHED), "{}", shown.text());
        assert!(prompt(&stage).await.contains("across a counter"), "as to a stranger");
    }
    assert_eq!(stage.number(BONDS).await, 4, "level 3 begins there");
    let told = talked(&stage, &max, "Answer 5.").await;
    assert!(told.text().contains(REACHED) && told.text().contains("</bond view:"), "{}", told.text());
    assert_eq!(told.pings(), []);
    assert!(prompt(&stage).await.contains("mail sacks"), "as to a friend");
    assert!(!prompt(&stage).await.contains("wrong umbrella"), "the first secret is still locked");
    let again = talked(&stage, &max, "Answer 6.").await;
    assert!(!again.text().contains(REACHED), "{}", again.text());
    stage.restart().await;
    let again = talked(&stage, &stage.max(), "Answer 7.").await;
    assert!(!again.text().contains(REACHED), "{}", again.text());
    stage.end().await;
}

#[tokio::test]
async fn an_open_secret_reaches_the_prompt_and_a_locked_one_does_not() {
    let stage = Stage::set().await;
    let (mut connection, max) = (stage.connect().await, stage.max());
    talked(&stage, &max, "Hello.").await;
    let grow = "UPDATE bond_state SET xp = 81, xp_today = 0, told_level = 10";
    diesel_async::RunQueryDsl::execute(diesel::sql_query(grow), &mut connection).await.expect("grown");
    // Another process's change is known when the cached bond is read anew; a nickname does so here.
    bond(&max, "nickname", "Your own name again").await;
    talked(&stage, &max, "Well.").await;
    let asked = prompt(&stage).await;
    assert!(asked.contains("wrong umbrella") && asked.contains("empty box"), "{asked}");
    assert!(!asked.contains("her sister's laugh") && !asked.contains("has come for her twice"), "{asked}");
    stage.end().await;
}

#[tokio::test]
async fn the_bond_is_shown_as_a_picture_and_in_words() {
    let stage = Stage::set().await;
    let max = stage.max();
    let mut none = max.uses("/bond view").send().await.expect("sent");
    none.contains("You have no bonds yet").await.expect("told");
    for n in 1..=2 {
        talked(&stage, &max, &format!("Answer {n}.")).await;
    }
    let shown = bond(&max, "view", "level **2**").await.message().expect("a message");
    let text = shown.text();
    for expected in
        ["Mira Tallow", "acquaintance", "2 points more make level 3", "Today: +2 of 20", "Level 3, friend"]
    {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    let [picture] = shown.attachments() else { panic!("{:?}", shown.attachments()) };
    let alt = picture["description"].as_str().expect("an alt text");
    assert!(
        alt.contains("Bond card with Mira Tallow: acquaintance, level 2") && alt.contains("+2 of 20"),
        "{alt}"
    );
    let url = picture["url"].as_str().expect("an address");
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let png = client.get(url).send().await.expect("an answer").bytes().await.expect("a file");
    assert!(png.starts_with(b"\x89PNG") && png.len() <= 100 * 1024, "{} bytes", png.len());

    let mut list = max.uses("/bond view").send().await.expect("sent");
    list.contains("2 points").await.expect("the list");
    let history = bond(&max, "history", "+2 → level 2").await;
    assert!(history.text().contains(&chrono::Utc::now().date_naive().to_string()), "{}", history.text());
    let mia = stage.mia();
    let mut german = mia.uses("/bond view").with("character", "Mira").send().await.expect("sent");
    german.contains("Stufe **1**").await.expect("a bond that has not begun is shown, too");
    let mut help = max.uses("/help").send().await.expect("sent");
    help.contains("</bond:").await.expect("it is listed");
    stage.end().await;
}

#[tokio::test]
async fn a_nickname_is_used_by_its_character_at_once() {
    let stage = Stage::set().await;
    let max = stage.max();
    talked(&stage, &max, "Hello.").await;
    assert!(prompt(&stage).await.contains("\\\"Max\\\""), "{}", prompt(&stage).await);
    let named = max.uses("/bond nickname").with("character", "Mira").with("name", "**Captain** \"x\"\n");
    let mut named = named.send().await.expect("sent");
    named.contains("it is, then").await.expect("confirmed");
    talked(&stage, &max, "Ahoy.").await;
    let asked = prompt(&stage).await;
    assert!(asked.contains("\\\"Captain x\\\"") && !asked.contains("Max"), "{asked}");
    bond(&max, "view", "Captain x").await;
    bond(&max, "nickname", "Your own name again").await;
    talked(&stage, &max, "Well, well.").await;
    assert!(prompt(&stage).await.contains("\\\"Max\\\""));
    let bad = max.uses("/bond nickname").with("character", "Mira").with("name", "\u{1f986}");
    bad.send().await.expect("sent").contains("needs a letter").await.expect("refused");
    stage.end().await;
}

#[tokio::test]
async fn a_bond_rests_is_hidden_and_is_erased_as_its_member_wants() {
    let stage = Stage::set().await;
    let (max, mia) = (stage.max(), stage.mia());
    talked(&stage, &max, "One.").await;
    bond(&max, "pause", "rests now").await;
    talked(&stage, &max, "Two.").await;
    assert_eq!(stage.number(BONDS).await, 1, "it stays as it is");
    bond(&max, "view", "It rests as it is").await;
    bond(&max, "pause", "goes on").await;
    talked(&stage, &max, "Three.").await;
    assert_eq!(stage.number(BONDS).await, 2);

    let ranks = bond(&max, "leaderboard", "You are on it").await.message().expect("a message");
    assert!(ranks.text().contains("1. <@") && ranks.pings().is_empty(), "{}", ranks.text());
    let mut hidden = max.uses("/bond privacy").send().await.expect("sent");
    hidden.contains("off all leaderboards").await.expect("told");
    bond(&max, "leaderboard", "Nobody here").await;
    let mut shown = max.uses("/bond privacy").send().await.expect("sent");
    shown.contains("on leaderboards again").await.expect("told");
    let others = bond_of(&mia, "leaderboard").await;
    assert!(others.contains("1. <@") && others.contains("nicht darauf"), "{others}");

    let asked = bond(&max, "erase", "can't be brought back").await;
    asked.press("Keep it").await.expect("pressed");
    assert_eq!(stage.number(BONDS).await, 2);
    let asked = bond(&max, "erase", "can't be brought back").await;
    asked.press("Erase it").await.expect("pressed");
    eventually("the bond is gone", async || (stage.number(BONDS).await == 0).then_some(())).await;
    assert_eq!(stage.number("SELECT count(*) FROM bond_history").await, 0);
    let gone = max.waits_for("the end", |message| message.text().contains("is erased")).await.expect("told");
    assert_eq!(gone.buttons(), [""; 0]);
    stage.end().await;
}

async fn bond_of(member: &Member, command: &str) -> String {
    let mut reply =
        member.uses(&format!("/bond {command}")).with("character", "Mira").send().await.expect("sent");
    reply.answered().await.expect("an answer");
    reply.finished().await.expect("the whole").text()
}

#[tokio::test]
async fn without_postgres_a_member_is_told_so() {
    let mut stage = Stage::set_on_own(&[]).await;
    let max = stage.max();
    talk(&max, "Hello").await;
    stage.postgres().kill_hard();
    for command in ["view", "history", "leaderboard", "pause", "nickname"] {
        bond(&max, command, "can't get at your bonds").await;
    }
    let mut privacy = max.uses("/bond privacy").send().await.expect("sent");
    privacy.contains("can't get at your bonds").await.expect("told");
}
