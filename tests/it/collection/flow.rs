//! The whole flow on the real program: rolls, gifts, trades and packs, over a crash, with strangers' hands in it.

use troupe_sandbox::drive::{Member, Message, Reply};

use super::has;
use crate::support::eventually;
use crate::support::program::Running;
use crate::talk_flow::stage::Stage;

/// Somebody's id.
async fn id_of(stage: &Stage, name: &str) -> u64 {
    let state = stage.discord.state().await.expect("the state");
    state.users.iter().find(|user| user.name == name).expect("somebody of that name").id.0
}

/// Waits until an answer, or what follows it, says so.
async fn says(mut reply: Reply, text: &str) -> Reply {
    let said = |reply: &Reply| {
        reply.text().contains(text) || reply.followups().iter().any(|more| more.text().contains(text))
    };
    reply.until(&format!("{text:?}"), said).await.unwrap_or_else(|error| panic!("{error}"));
    reply
}

async fn presses(member: &Member, message: &Message, label: &str) -> Reply {
    member.presses(message, label).await.unwrap_or_else(|error| panic!("{label}: {error}"))
}

/// The newest message that can be pressed so.
async fn with_button(member: &Member, label: &str) -> Message {
    let so = |message: &Message| message.can_press(label);
    member.waits_for(&format!("a button {label:?}"), so).await.expect("a message")
}

async fn gift(member: &Member, to: u64, character: &str) -> Reply {
    let gift = member.uses("/collection gift").with("member", to.to_string()).with("character", character);
    gift.send().await.expect("sent")
}

async fn copies(stage: &Stage, owner: u64, slug: &str) -> i64 {
    let held = "SELECT coalesce(sum(copies), 0) FROM character_owned_styles";
    stage.number(&format!("{held} WHERE user_id = {owner} AND character_id = 'shipped:{slug}'")).await
}

#[tokio::test]
async fn a_roll_is_added_after_a_crash_and_the_next_one_has_its_time() {
    let mut stage = Stage::set().await;
    let (max, mia) = (stage.max(), stage.mia());
    let odds = max.uses("/collection odds").send().await.expect("sent");
    let odds = says(odds, "Rolls left: 1 of 1 in 5 hours").await;
    for told in ["**Common** 50 %", "**Epic** 5 %", "**Legendary** 1 %", "within 10 rolls", "within 60 rolls"]
    {
        assert!(odds.text().contains(told), "{told}: {}", odds.text());
    }
    max.uses("/collection roll").send().await.expect("sent");
    let rolled = with_button(&max, "Add").await;
    assert!(!rolled.is_ephemeral() && rolled.pings().is_empty(), "{rolled:?}");
    assert!(rolled.text().contains("New! 0 of 6 slots"), "{}", rolled.text());
    says(presses(&mia, &rolled, "Add").await, "für jemand anderen").await;

    stage.crash().await;
    stage.comes_back().await;
    let again = max.uses("/collection roll").send().await.expect("sent");
    says(again, "still waits for you").await;
    let none = presses(&max, &rolled, "Replace…").await;
    let mut none = says(none, "Nobody can make room").await;
    none.refresh().await.expect("looked");
    presses(&max, &none.message().expect("the roll"), "Back").await;
    let rolled = with_button(&max, "Add").await;
    says(presses(&max, &rolled, "Add").await, "took this one in").await;
    let late = max.uses("/collection roll").send().await.expect("sent");
    let late = says(late, "used up your roll in 5 hours").await;
    assert!(late.is_ephemeral() && late.text().contains("<t:"), "{}", late.text());
    let max_id = id_of(&stage, "Max").await;
    assert_eq!(stage.number("SELECT count(*) FROM rolls WHERE decision = 'added'").await, 1);
    assert_eq!(stage.number("SELECT sum(copies) FROM character_owned_styles").await, 1);

    let odds = max.uses("/collection odds").send().await.expect("sent");
    says(odds, "The next one comes <t:").await;
    let history = max.uses("/collection history").send().await.expect("sent");
    let history = says(history, "✅").await;
    assert_eq!(history.message().expect("a message").attachments().len(), 1);
    let view = max.uses("/collection view").send().await.expect("sent");
    says(view, "1 of your 6 slots").await;
    let seen = mia.uses("/collection view").with("member", max_id.to_string()).send().await.expect("sent");
    says(seen, "1 von 6 Plätzen").await;
    let help = max.uses("/help").send().await.expect("sent");
    says(help, "Roll for characters, keep them, give and trade them").await;
    stage.end().await;
}

#[tokio::test]
async fn gifts_and_trades_need_both_and_nobody_else() {
    let mut stage = Stage::set().await;
    let (max, mia) = (stage.max(), stage.mia());
    let (max_id, mia_id) = (id_of(&stage, "Max").await, id_of(&stage, "Mia").await);
    let connection = &mut stage.connect().await;
    has(connection, max_id, "quoin").await;
    has(connection, max_id, "quoin").await;

    says(gift(&max, max_id, "quoin").await, "you on both sides").await;
    says(gift(&max, mia_id, "brimble").await, "You don't have").await;
    let preview = says(gift(&max, mia_id, "quoin").await, "Nothing happens before you confirm").await;
    assert!(preview.is_ephemeral());
    mia.sees_nothing_of(&preview).await.expect("it is Max's alone");
    presses(&max, &preview.message().expect("a preview"), "Confirm").await;
    let offer = with_button(&mia, "Accept").await;
    assert!(offer.pings().is_empty() && !offer.is_ephemeral(), "{offer:?}");
    for (stranger, label) in
        [(stage.member("Ada"), "Accept"), (stage.max(), "Accept"), (stage.max(), "Decline")]
    {
        says(presses(&stranger, &offer, label).await, "for somebody else").await;
    }
    says(presses(&mia, &offer, "Withdraw").await, "für jemand anderen").await;
    assert_eq!(copies(&stage, mia_id, "quoin").await, 0);

    stage.restart().await;
    says(presses(&mia, &offer, "Accept").await, "Erledigt").await;
    assert_eq!((copies(&stage, max_id, "quoin").await, copies(&stage, mia_id, "quoin").await), (1, 1));
    let done = mia.waits_for("it is done", |message| message.id() == offer.id()).await.expect("the offer");
    assert!(done.buttons().is_empty() && done.text().contains("Erledigt"), "{done:?}");

    // A trade, with what the other one has suggested.
    has(connection, max_id, "brimble").await;
    let suggested = mia
        .types("/collection trade")
        .with("member", max_id.to_string())
        .with("mine", "quoin")
        .with("theirs", "")
        .focused("theirs")
        .suggestions()
        .await
        .expect("choices");
    let suggested: Vec<_> = suggested.iter().filter_map(|choice| choice.value.as_str()).collect();
    assert_eq!(suggested, ["shipped:quoin", "shipped:brimble"]);
    let trade = mia
        .uses("/collection trade")
        .with("member", max_id.to_string())
        .with("mine", "shipped:quoin")
        .with("theirs", "shipped:brimble");
    let preview = says(trade.send().await.expect("sent"), "Nichts geschieht").await;
    presses(&mia, &preview.message().expect("a preview"), "Bestätigen").await;
    let offer = with_button(&max, "Annehmen").await;
    let lock = max.uses("/collection lock").with("character", "shipped:brimble").send().await.expect("sent");
    says(lock, "is locked now").await;
    says(presses(&max, &offer, "Annehmen").await, "You have locked").await;
    let lock = max.uses("/collection lock").with("character", "shipped:brimble").send().await.expect("sent");
    says(lock, "is unlocked now").await;
    says(presses(&max, &offer, "Annehmen").await, "Done").await;
    assert_eq!((copies(&stage, max_id, "quoin").await, copies(&stage, mia_id, "brimble").await), (2, 1));

    // One that is declined, one that is withdrawn, and one copy that is let go.
    for (who, label, told) in [(&mia, "Decline", "abgelehnt"), (&max, "Withdraw", "Withdrawn")] {
        let preview = says(gift(&max, mia_id, "quoin").await, "Nothing happens").await;
        presses(&max, &preview.message().expect("a preview"), "Confirm").await;
        let offer = with_button(&mia, "Accept").await;
        says(presses(who, &offer, label).await, told).await;
    }
    let release =
        max.uses("/collection release").with("character", "shipped:quoin").send().await.expect("sent");
    let asked = says(release, "one of your 2 copies").await;
    says(presses(&max, &asked.message().expect("a question"), "Release").await, "one is left").await;
    assert_eq!(stage.number("SELECT sum(copies) FROM character_owned_styles").await, 2);
    stage.end().await;
}

#[tokio::test]
async fn packs_are_for_those_who_manage_the_server() {
    let stage = Stage::set().await;
    let (max, ada) = (stage.max(), stage.member("Ada"));
    let refused = max.uses("/collection pack").send().await.expect("sent");
    says(refused, "You need more permissions").await;
    let packs = ada.uses("/collection pack").send().await.expect("sent");
    let packs = says(packs, "🔒 **The stage**").await;
    let menu = "Which packs are open?";
    let chosen = ada.chooses(&packs.message().expect("a menu"), menu, &["stage"]).await.expect("chosen");
    let chosen = says(chosen, "🔓 **The stage**").await;
    let open = "SELECT count(*) FROM guild_settings WHERE extra -> 'packs' = '[\"stage\"]'";
    assert_eq!(stage.number(open).await, 1);
    let closed = ada.chooses(&chosen.message().expect("a menu"), menu, &[]).await.expect("chosen");
    says(closed, "🔒 **The stage**").await;
    assert_eq!(stage.number("SELECT count(*) FROM audit_log WHERE target = 'stage'").await, 2);
    stage.end().await;
}

async fn ended(mut twin: Running) {
    twin.signal("TERM").await;
    assert_eq!(twin.ended().await, Some(0));
}

/// Everything is delivered to both processes of one bot, and happens once.
#[tokio::test]
async fn two_processes_that_are_given_the_same_do_it_once() {
    let stage = Stage::set_with(&[("ROLLS_FREE", "3")]).await;
    let twin = stage.twin().await;
    let (max, mia) = (stage.max(), stage.mia());
    let (max_id, mia_id) = (id_of(&stage, "Max").await, id_of(&stage, "Mia").await);
    let connection = &mut stage.connect().await;
    has(connection, max_id, "quoin").await;
    has(connection, max_id, "quoin").await;

    max.uses("/collection roll").send().await.expect("sent");
    let rolled = with_button(&max, "Add").await;
    says(presses(&max, &rolled, "Add").await, "took this one in").await;
    let settled = "SELECT count(*) FROM rolls WHERE decision = 'added'";
    assert_eq!((stage.number("SELECT count(*) FROM rolls").await, stage.number(settled).await), (1, 1));
    let before = copies(&stage, max_id, "quoin").await;

    let lock = max.uses("/collection lock").with("character", "shipped:quoin").send().await.expect("sent");
    says(lock, "is locked now").await;
    eventually("it is locked, once", async || {
        let locked = "SELECT count(*) FROM character_owned_styles WHERE locked";
        (stage.number(locked).await == 1).then_some(())
    })
    .await;
    let lock = max.uses("/collection lock").with("character", "shipped:quoin").send().await.expect("sent");
    says(lock, "is unlocked now").await;

    let preview = says(gift(&max, mia_id, "quoin").await, "Nothing happens").await;
    presses(&max, &preview.message().expect("a preview"), "Confirm").await;
    let offer = with_button(&mia, "Accept").await;
    // The same key twice, by an impatient hand.
    let (first, second) = tokio::join!(mia.presses(&offer, "Accept"), mia.presses(&offer, "Accept"));
    for press in [first, second] {
        says(press.expect("pressed"), "Erledigt").await;
    }
    assert_eq!(copies(&stage, max_id, "quoin").await, before - 1);
    assert_eq!(copies(&stage, mia_id, "quoin").await, 1);
    let offers = mia.sees().await.expect("messages");
    let offers = offers.iter().filter(|message| message.text().contains("Quoin") && !message.is_ephemeral());
    assert!(offers.count() <= 2, "the offer, and perhaps the roll");
    assert_eq!(stage.number("SELECT count(*) FROM trades").await, 1);

    let release =
        max.uses("/collection release").with("character", "shipped:quoin").send().await.expect("sent");
    let asked = says(release, "go?").await;
    let question = asked.message().expect("a question");
    let (first, second) = tokio::join!(max.presses(&question, "Release"), max.presses(&question, "Release"));
    first.expect("pressed");
    second.expect("pressed");
    eventually("one copy is gone", async || {
        (copies(&stage, max_id, "quoin").await == before - 2).then_some(())
    })
    .await;
    ended(twin).await;
    stage.end().await;
}
