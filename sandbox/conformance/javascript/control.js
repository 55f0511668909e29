// The sandbox's control API, as a driver of members and a witness of what they see.
'use strict';

/** Calls to one sandbox. Ids go in and come out as they are in Discord's JSON: text. */
class Control {
  constructor(url) {
    this.url = url;
  }

  /** One request; its JSON answer. */
  async call(method, path, body, query = {}) {
    const url = new URL(`${this.url}/_sandbox${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
    const answer = await fetch(url, {
      method,
      body: body && JSON.stringify(body),
      headers: body && { 'content-type': 'application/json' },
      signal: AbortSignal.timeout(20_000),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} ${JSON.stringify(body)}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }

  get(path, query) {
    return this.call('GET', path, undefined, query);
  }

  post(path, body = {}) {
    return this.call('POST', path, body);
  }

  /** A member acts; the id of the interaction or message that comes of it. */
  async act(what, given) {
    const done = await this.post(`/act/${what}`, given);
    const come = done.interaction ?? done.message;
    return come?.id ?? come;
  }

  /** What the member sees of an interaction, once it is `acknowledged`, `answered` or `finished`. */
  outcome(interaction, until) {
    return this.get(`/interactions/${interaction}`, { until, timeout_ms: 8000, quiet_ms: 100 });
  }

  /** The messages of a channel that a member sees, oldest first. */
  seen(channel, viewer) {
    return this.get(`/channels/${channel}/messages`, { as: viewer, limit: 100 });
  }

  /** Moves the sandbox's clock on. */
  advance(ms) {
    return this.post('/clock', { advance_ms: ms });
  }
}

module.exports = { Control };
