// A gateway that goes away: nothing is lost, or the session begins anew.
'use strict';

const { Events } = require('discord.js');
const { setTimeout: pause } = require('node:timers/promises');
const { equal } = require('../tap.js');

const steer = (story, what, given = {}) => story.control.post(`/gateway/${what}`, { app: story.app, ...given });

/** Waits until the bot has seen every message, and checks that it did in order and once each. */
async function allArrive(story, said) {
  for (let tries = 0; tries < 200 && !said.every((id) => story.seen.includes(id)); tries += 1) await pause(40);
  equal(story.seen.filter((id) => said.includes(id)), said, 'messages seen, in order, each once');
}

/** Members write while the connection is away. */
async function meanwhile(story, count) {
  const said = [];
  for (let number = 0; number < count; number += 1) said.push(await story.say(`Meanwhile ${number}.`));
  return said;
}

module.exports = [
  ['a dropped connection is resumed, and no event is lost', async (story) => {
    const resumed = story.expect(Events.ShardResume);
    const said = [await story.say('Before.')];
    await steer(story, 'drop');
    said.push(...(await meanwhile(story, 5)));
    await resumed;
    said.push(await story.say('After.'));
    await allArrive(story, said);
  }],

  ['a request to reconnect is followed, and no event is lost', async (story) => {
    const resumed = story.expect(Events.ShardResume);
    const said = [await story.say('Before.')];
    await steer(story, 'reconnect');
    said.push(...(await meanwhile(story, 5)));
    await resumed;
    await allArrive(story, said);
  }],

  ['a session closed with a code is resumed', async (story) => {
    const resumed = story.expect(Events.ShardResume);
    await steer(story, 'close', { code: 4000 });
    const said = await meanwhile(story, 1);
    await resumed;
    await allArrive(story, said);
  }],

  ['a session that is invalid but resumable is resumed', async (story) => {
    const resumed = story.expect(Events.ShardResume);
    await steer(story, 'invalidate', { resumable: true });
    const said = await meanwhile(story, 1);
    await resumed;
    await allArrive(story, said);
  }],

  ['an invalid session begins anew', async (story) => {
    const ready = story.expect(Events.ShardReady, undefined, 20_000);
    await steer(story, 'invalidate', { resumable: false });
    await ready;
    equal(story.place.name, 'The Playhouse', 'the guild');
  }],

  ['a refused resume begins anew', async (story) => {
    await steer(story, 'refuse-resume', { on: true });
    const ready = story.expect(Events.ShardReady, undefined, 20_000);
    await steer(story, 'drop');
    await ready;
    await steer(story, 'refuse-resume', { on: false });
  }],

  ['commands are heard in the new session', async (story) => {
    const interaction = await story.slash('plain');
    await interaction.reply('Here I am again.');
    const outcome = await story.control.outcome(interaction.id, 'answered');
    equal(outcome.original.content, 'Here I am again.', 'the answer');
  }],
];
