#!/usr/bin/env node
// The conformance story, told with discord.js: story.js http://127.0.0.1:PORT
'use strict';

const { Control } = require('./control.js');
const { Stage } = require('./stage.js');
const { play, within } = require('./tap.js');

const TOTAL_MS = 300_000;
const CHAPTERS = [
  'connect', 'commands', 'options', 'answers', 'components', 'messages', 'places', 'webhooks', 'guild', 'money',
  'errors', 'limits', 'gateway', 'report',
];

/** Plays all chapters; says whether all went well. */
async function tell(url) {
  const stage = await Stage.build(new Control(url));
  const chapters = CHAPTERS.map((name) => require(`./chapters/${name}.js`));
  try {
    return await within(TOTAL_MS, play(chapters, stage), 'Bail out! The story should end');
  } finally {
    await stage.leave();
  }
}

const [url, ...rest] = process.argv.slice(2);
if (!url || rest.length > 0) {
  console.error('usage: story.js http://127.0.0.1:PORT (what `troupe-sandbox serve` prints)');
  process.exit(1);
}
tell(url.replace(/\/$/, '')).then(
  (well) => process.exit(well ? 0 : 1),
  (error) => {
    const away = error.cause?.code === 'ECONNREFUSED';
    console.error(away ? `no sandbox answers at ${url}; start one with \`troupe-sandbox serve\`` : error);
    process.exit(1);
  },
);
