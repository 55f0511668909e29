// Discord's rules, by the names that the sandbox has for them, in words.

export const RULES = {
  "acknowledge-in-3s": "An interaction is acknowledged within 3 seconds, or the member sees that the application did not respond.",
  "acknowledge-once": "An interaction is acknowledged once.",
  "token-15m": "An interaction's token works for 15 minutes.",
  "form-limits": "Lengths, counts and ranges of what a bot sends are checked.",
  "permissions": "Permissions and access are checked.",
  "ephemeral": "An ephemeral message is seen by its member alone.",
  "allowed-mentions": "A message pings only whom its allowed mentions let it.",
  "webhook-names": "A webhook is not called “discord” or “clyde”.",
  "webhooks-per-channel": "A channel has at most 15 webhooks.",
  "message-content": "Without the Message Content intent, what others write arrives blank.",
  "route-limits": "Routes have rate limits: messages 5 in 5 seconds, and so on.",
  "global-limit": "A bot has 50 requests a second in all.",
  "invalid-requests": "10,000 answers of 401, 403 or 429 in 10 minutes bring a ban.",
  "gateway-limits": "Identifying, sessions a day, privileged intents and commands a minute have their limits.",
  "openapi": "Requests are checked against Discord's published OpenAPI file.",
};
