// Rate limits, met by the library's own limiter; and what it tries again.
'use strict';

const { check, comment, equal } = require('../tap.js');

/** How many requests the sandbox has answered with 429 so far. */
const limited = async (story) => (await story.control.get('/report')).rate_limited;
const fault = (story, given) => story.control.post('/faults', { times: 1, ...given });
const fetched = (story) => story.bot.channels.fetch(story.general.id, { force: true });

module.exports = [
  ['seven messages at once all arrive, paced by the library', async (story) => {
    const before = await limited(story);
    const lines = Array.from({ length: 7 }, (_, number) => `Burst ${number}`);
    const sent = await Promise.all(lines.map((line) => story.channel('off-topic').send(line)));
    const seen = await story.control.seen(story.channels['off-topic'], story.members.Max);
    equal(seen.slice(-7).map((one) => one.content), lines, 'what Max sees');
    equal(new Set(sent.map((message) => message.id)).size, 7, 'as many messages');
    comment(`the sandbox sent ${(await limited(story)) - before} times 429`);
  }],

  ["a 429 is waited out: another process used the channel's bucket up", async (story) => {
    const url = `${story.control.url}/api/v10/channels/${story.channels['off-topic']}/messages`;
    const headers = { authorization: `Bot ${story.token}`, 'content-type': 'application/json' };
    let answer;
    for (let number = 0; number < 12 && answer?.status !== 429; number += 1) {
      answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ content: `Raw ${number}` }) });
    }
    equal(answer.status, 429, 'the status in the end');
    const body = await answer.json();
    check(body.retry_after > 0 && body.global === false, "Discord's body", body);
    check(Number(answer.headers.get('retry-after')) > 0, 'Retry-After', answer.headers);
    const [remaining, scope] = ['remaining', 'scope'].map((name) => answer.headers.get(`x-ratelimit-${name}`));
    equal([remaining, scope], ['0', 'user'], 'headers');
    const all = ['limit', 'reset', 'reset-after', 'bucket'].every((name) => answer.headers.has(`x-ratelimit-${name}`));
    check(all, 'all headers', answer.headers);
    const message = await story.channel('off-topic').send('After the wait.');
    equal(message.content, 'After the wait.', 'the message');
  }],

  ['a 429 for all routes is waited out', async (story) => {
    await fault(story, { route: '/users/@me', effect: { kind: 'rate_limit', retry_after_ms: 300, scope: 'global' } });
    const before = await limited(story);
    equal((await story.bot.rest.get('/users/@me')).id, story.app, 'the bot, in the end');
    equal((await limited(story)) - before, 1, '429s sent');
  }],

  ['a 502 is tried again', async (story) => {
    await fault(story, { method: 'GET', route: '/channels/{}', effect: { kind: 'status', status: 502, body: 'html' } });
    equal((await fetched(story)).name, 'general', 'the channel, in the end');
  }],

  ['a connection reset on the way is tried again, or told', async (story) => {
    await fault(story, { method: 'GET', route: '/channels/{}', effect: { kind: 'reset' } });
    const first = await fetched(story).then((channel) => channel.name, (error) => error.code ?? error.cause?.code);
    check(['general', 'ECONNRESET', 'UND_ERR_SOCKET'].includes(first), 'the channel or an error', first);
    equal((await fetched(story)).name, 'general', 'the channel afterwards');
  }],
];
