// The control API, as this page uses it. Every call ends within its deadline; a refusal is an `Error` with the
// sandbox's own sentence, fit to be shown.

import { parse } from "./model/clean.js";

const DEADLINE_MS = 15_000;

/** Calls `METHOD /_sandbox/path` with a JSON body, and gives the answer's JSON. */
export async function call(method, path, body) {
  let response, text;
  try {
    response = await fetch(`/_sandbox${path}`, {
      method,
      headers: body === undefined ? {} : { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    text = await response.text();
  } catch (error) {
    const late = error.name === "TimeoutError";
    throw new Error(late ? "The sandbox did not answer in time." : "The sandbox can't be reached. Is it still running?");
  }
  let answer = null;
  try {
    answer = text === "" ? null : parse(text);
  } catch {
    throw new Error(`The sandbox answered ${response.status} with something that is not JSON.`);
  }
  if (!response.ok) {
    const said = typeof answer?.error === "string" ? answer.error : answer?.error?.message;
    throw new Error(said ?? `The sandbox answered ${response.status}.`);
  }
  return answer;
}

export const get = (path) => call("GET", path);
export const post = (path, body) => call("POST", path, body ?? {});
export const put = (path, body) => call("PUT", path, body ?? {});
export const patch = (path, body) => call("PATCH", path, body ?? {});
export const remove = (path, body) => call("DELETE", path, body);

/** A path's query from an object; what is undefined is left out. */
export function query(fields) {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null);
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
}
