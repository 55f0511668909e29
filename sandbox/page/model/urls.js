// Which addresses of hostile text may become a link's or a picture's: http and https, nothing else.

/** The longest address that is followed. */
const LONGEST = 4096;
/** Names of this machine: a sandbox says 127.0.0.1, and a browser may have come by another. */
const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * The address in its normal form when it is http or https, else null: then it is shown as text. An `image`'s may be a
 * path on this page's own address too.
 */
export function safeUrl(url, { image = false } = {}) {
  return image ? safeImage(url) : (parse(url)?.href ?? null);
}

/** As `safeUrl`, and a path on this page's own address too: for what is only shown, such as a picture. */
export function safeImage(url) {
  // A second slash, of either kind, would name another host.
  if (typeof url === "string" && url.length <= LONGEST && /^\/(?![\/\\])[^\s\\]*$/.test(url)) return url;
  return safeUrl(url);
}

/** A file's address: its path, when this page's own server has it under another name of this machine. */
export function fileUrl(url, origin) {
  const parsed = parse(url);
  if (parsed === null) return null;
  const own = origin ? parse(origin) : null;
  const here = own !== null && own.port === parsed.port && own.protocol === parsed.protocol;
  if (here && LOOPBACK.has(own.hostname) && LOOPBACK.has(parsed.hostname)) return parsed.pathname + parsed.search;
  return parsed.href;
}

/** The host that an address leads to, or null. */
export function hostOf(url) {
  return parse(url)?.host ?? null;
}

/** A size in bytes, in words. */
export function fileSize(bytes) {
  if (!Number.isFinite(bytes) || bytes < 0) return "unknown size";
  if (bytes < 1000) return `${bytes} bytes`;
  const units = ["KB", "MB", "GB"];
  let size = bytes / 1024;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${size.toFixed(2)} ${units[unit]}`;
}

function parse(url) {
  if (typeof url !== "string" || url.length > LONGEST) return null;
  try {
    const parsed = new URL(url);
    return parsed.protocol === "http:" || parsed.protocol === "https:" ? parsed : null;
  } catch {
    return null;
  }
}
