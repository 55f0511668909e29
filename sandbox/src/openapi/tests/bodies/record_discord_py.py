"""Prints the requests that discord.py 2.7 makes, one JSON object a line, without a network.

Run: pip install 'discord.py==2.7.1' && python record_discord_py.py > discord_py.jsonl
"""

import asyncio
import io
import json
from datetime import datetime, timedelta, timezone

import discord
from discord import app_commands, ui
from discord.http import HTTPClient, handle_message_parameters
from discord.webhook import async_ as hooks

WHAT = ["?"]


class Recorded(Exception):
    pass


def record(route, *, files=None, form=None, params=None, json_body=None, **_):
    url = route.url.split("/api/v10", 1)[1].split("?")[0]
    line = {"what": WHAT[0], "method": route.method, "path": url, "query": [], "files": []}
    for name, value in (params or {}).items():
        line["query"].append([name, str(value)])
    if form:
        line["type"] = "multipart/form-data"
        for part in form:
            if part["name"] == "payload_json":
                line["body"] = json.loads(part["value"])
            elif "filename" in part:
                line["files"].append(part["name"])
    elif json_body is not None:
        line["type"] = "application/json"
        line["body"] = json_body
    print(json.dumps(line, separators=(",", ":"), sort_keys=True))
    raise Recorded


async def http_request(self, route, *, files=None, form=None, **kwargs):
    body = kwargs.pop("json", None)
    record(route, files=files, form=form, params=kwargs.get("params"), json_body=body)


async def hook_request(self, route, session, *, payload=None, multipart=None, params=None, **_):
    record(route, form=multipart, params=params, json_body=payload)


HTTPClient.request = http_request
hooks.AsyncWebhookAdapter.request = hook_request


async def says(what, call):
    WHAT[0] = what
    try:
        await call
    except Recorded:
        return
    raise SystemExit(f"{what}: nothing was sent")


def embed():
    made = discord.Embed(title="Title", description="Text", url="https://example.com", colour=0xFF00FF,
                         timestamp=datetime(2024, 1, 2, tzinfo=timezone.utc))
    made.set_author(name="Ann", url="https://example.com", icon_url="https://example.com/a.png")
    made.set_footer(text="Foot").set_image(url="attachment://a.png").add_field(name="N", value="V")
    return made


def view():
    made = ui.View(timeout=None)
    made.add_item(ui.Button(label="One", emoji="🎲", custom_id="one", style=discord.ButtonStyle.danger))
    made.add_item(ui.Button(emoji=discord.PartialEmoji(name="dice", id=3, animated=True), custom_id="two"))
    made.add_item(ui.Button(label="Link", url="https://example.com"))
    made.add_item(ui.Button(sku_id=5))
    made.add_item(ui.Select(custom_id="s", placeholder="Pick", min_values=0, max_values=2, options=[
        discord.SelectOption(label="A", value="a", description="First", emoji="🎲", default=True),
        discord.SelectOption(label="B")]))
    made.add_item(ui.UserSelect(custom_id="u", default_values=[discord.Object(1, type=discord.User)]))
    made.add_item(ui.RoleSelect(custom_id="r"))
    made.add_item(ui.ChannelSelect(custom_id="c", channel_types=[discord.ChannelType.text]))
    return made


def layout():
    made = ui.LayoutView(timeout=None)
    made.add_item(ui.Container(
        ui.TextDisplay("Text"), ui.Separator(spacing=discord.SeparatorSpacing.large),
        ui.Section("One", "Two", accessory=ui.Thumbnail("https://example.com/t.png", description="T")),
        ui.Section("One", accessory=ui.Button(label="B", custom_id="b")),
        ui.MediaGallery(discord.MediaGalleryItem("https://example.com/i.png", description="I")),
        ui.ActionRow(ui.Button(label="C", custom_id="c")),
        ui.File("attachment://a.png"), accent_colour=0x123456, spoiler=True))
    return made


def modal():
    class Form(ui.Modal, title="Title"):
        words = ui.TextInput(label="Label", style=discord.TextStyle.paragraph, placeholder="…", max_length=4000)
        pick = ui.Label(text="Pick", description="One", component=ui.Select(options=[discord.SelectOption(label="A")]))
        who = ui.Label(text="Who", component=ui.UserSelect())
        note = ui.TextDisplay("Note")
        upload = ui.Label(text="File", component=ui.FileUpload(max_values=2, required=False))
    return Form(custom_id="form")


def file():
    return discord.File(io.BytesIO(b"abc"), "a.png", description="A picture")


def poll():
    made = discord.Poll(question="Tea?", duration=timedelta(hours=2), multiple=True)
    made.add_answer(text="Yes", emoji="🍵")
    return made.add_answer(text="No")


@app_commands.command(name="talk", description="Talk")
@app_commands.describe(text="What")
@app_commands.choices(kind=[app_commands.Choice(name="A", value="a")])
@app_commands.default_permissions(manage_guild=True)
@app_commands.allowed_installs(guilds=True, users=True)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
async def talk(i: discord.Interaction, text: app_commands.Range[str, 1, 100], kind: str,
               number: app_commands.Range[int, 1, 9] = 1, half: app_commands.Range[float, 0.5, 2.0] = 1.0,
               flag: bool = False, user: discord.User = None, channel: discord.TextChannel = None,
               role: discord.Role = None, who: discord.User | discord.Role = None,
               attachment: discord.Attachment = None, auto: str = ""):
    pass


@talk.autocomplete("auto")
async def auto(i, current):
    return []


scene = app_commands.Group(name="scene", description="Scenes")


@scene.command(name="start", description="Start")
async def start(i: discord.Interaction, text: str):
    pass


@app_commands.context_menu(name="Talk to")
async def talk_to(i: discord.Interaction, user: discord.Member):
    pass


async def main():
    client = discord.Client(intents=discord.Intents.none())
    http = client.http
    tree = app_commands.CommandTree(client)
    for command in (talk, scene, talk_to):
        tree.add_command(command)
    mentions = discord.AllowedMentions(everyone=False, users=[discord.Object(1)], roles=False, replied_user=True)

    def params(**kwargs):
        return handle_message_parameters(**kwargs)

    await says("message", http.send_message(1, params=params(
        content="hi", embeds=[embed()], view=view(), allowed_mentions=mentions, nonce=17, file=file(),
        message_reference={"message_id": 2, "channel_id": 1, "fail_if_not_exists": False}, tts=False)))
    await says("message of text", http.send_message(1, params=params(content="hi", allowed_mentions=discord.AllowedMentions.none())))
    await says("layout", http.send_message(1, params=params(view=layout(), file=file())))
    await says("poll", http.send_message(1, params=params(poll=poll())))
    await says("edit", http.edit_message(1, 2, params=params(content=None, embeds=[], view=None, attachments=[file()])))
    await says("edit flags", http.edit_message(1, 2, params=params(content="x", flags=discord.MessageFlags(suppress_embeds=True))))
    await says("history", http.logs_from(1, 50, before=2))
    await says("bulk delete", http.delete_messages(1, [1, 2]))
    await says("typing", http.send_typing(1))
    await says("thread", http.start_thread_without_message(1, name="T", auto_archive_duration=60, type=11, invitable=True, rate_limit_per_user=None))
    await says("thread on a message", http.start_thread_with_message(1, 2, name="T", auto_archive_duration=1440, rate_limit_per_user=5))
    await says("forum post", http.start_thread_in_forum(1, params=params(content="hi", channel_payload={"name": "T", "auto_archive_duration": 60, "rate_limit_per_user": None}), reason=None))
    await says("thread edit", http.edit_channel(1, archived=True, locked=False, auto_archive_duration=60))
    await says("channel", http.create_channel(1, 0, name="general", topic="T", permission_overwrites=[{"id": 1, "type": 0, "allow": "1024", "deny": "0"}]))
    await says("role", http.create_role(1, name="Fan", permissions="0", color=0, hoist=False))
    await says("role edit", http.edit_role(1, 2, permissions="8", color=5, name="Fan"))
    await says("member edit", http.edit_member(1, 2, nick="Ann", roles=[3]))
    await says("own nick", http.edit_my_member(1, nick="Ann"))
    await says("dm", http.start_private_message(5))
    await says("webhook", http.create_webhook(1, name="Ann"))
    await says("webhook edit", http.request(discord.http.Route("PATCH", "/webhooks/{webhook_id}", webhook_id=1), json={"name": "Ann", "channel_id": 2}))
    await says("commands", http.bulk_upsert_global_commands(1, payload=[c.to_dict(tree) for c in tree.get_commands()]))
    await says("guild commands", http.bulk_upsert_guild_commands(1, 2, payload=[c.to_dict(tree) for c in tree.get_commands()]))
    await says("commands list", http.get_global_commands(1))
    await says("entitlements", http.get_entitlements(1, user_id=5, sku_ids=[1, 2], limit=10, exclude_ended=True))
    await says("test entitlement", http.create_entitlement(1, 1, 5, discord.EntitlementOwnerType.user.value))
    await says("guild", http.get_guild(1, with_counts=True))
    await says("members", http.get_members(1, 100, None))
    await says("reaction", http.add_reaction(1, 2, "%F0%9F%8E%B2"))
    await says("audit", http.get_audit_logs(1, limit=5))
    await says("edit guild", http.edit_guild(1, name="Guild", system_channel_id=5))
    await says("invite", http.create_invite(1, max_age=0, max_uses=1, temporary=False, unique=True))

    adapter = hooks.AsyncWebhookAdapter()
    hook = dict(session=None)
    executed = params(content="hi", username="Ann", avatar_url="https://example.com/a.png", embeds=[embed()],
                      view=view(), file=file(), allowed_mentions=mentions, thread_name="T")
    await says("execute", adapter.execute_webhook(1, "token", payload=executed.payload, multipart=executed.multipart,
               files=executed.files, thread_id=9, wait=True, with_components=True, **hook))
    edited = params(content="hi", embeds=[embed()], view=view(), attachments=[file(), ], allowed_mentions=mentions)
    await says("edit webhook message", adapter.edit_webhook_message(1, "token", 2, payload=edited.payload, multipart=edited.multipart, files=edited.files, **hook))
    await says("edit original", adapter.edit_original_interaction_response(1, "token", payload=params(content=None, view=layout()).payload, multipart=None, files=None, **hook))
    await says("application", http.edit_application_info(payload={"description": "Text"}, reason=None))

    respond = hooks.interaction_message_response_params
    kinds = discord.InteractionResponseType

    def answer(what, made):
        return says(what, adapter.create_interaction_response(1, "token", params=made, **hook))

    await answer("respond", respond(type=kinds.channel_message.value, content="hi", embeds=[embed()], view=view(),
                 file=file(), flags=discord.MessageFlags(ephemeral=True), allowed_mentions=mentions, tts=False))
    await answer("respond with a layout", respond(type=kinds.channel_message.value, view=layout(), file=file()))
    await answer("respond with a poll", respond(type=kinds.channel_message.value, poll=poll()))
    await answer("update", respond(type=kinds.message_update.value, content=None, embed=None, attachments=[], view=None))
    plain = hooks.interaction_response_params
    await answer("defer", plain(kinds.deferred_channel_message.value, {"flags": 64}))
    await answer("defer, bare", plain(kinds.deferred_channel_message.value, None))
    await answer("defer update", plain(kinds.deferred_message_update.value, None))
    await answer("pong", plain(kinds.pong.value))
    await answer("choices", plain(kinds.autocomplete_result.value, {"choices": [app_commands.Choice(name="A", value="a").to_dict(), app_commands.Choice(name="B", value="b").to_dict()]}))
    await answer("modal", plain(kinds.modal.value, modal().to_dict()))


asyncio.run(main())
