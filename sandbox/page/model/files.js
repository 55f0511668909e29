// Files on their way to the sandbox: their limits, and their bytes as text.

/** Discord's limits for a member without Nitro. */
const MAX_FILE = 10 * 1024 * 1024;
const MAX_FILES = 10;
/** What one request to the sandbox may carry, with room for the rest of it. */
const MAX_ALL = 22 * 1024 * 1024;

/** A size as Discord writes it. */
export function sizeText(bytes) {
  if (bytes < 1024) return `${bytes} ${bytes === 1 ? "byte" : "bytes"}`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(2)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(2)} MB`;
}

/** Which of the files can join those that are there, and what is wrong with the others, in words. */
export function admit(there, files) {
  const taken = [];
  let problem = null;
  let all = there.reduce((sum, file) => sum + file.size, 0);
  for (const file of files) {
    if (there.length + taken.length >= MAX_FILES) problem = `You can only upload ${MAX_FILES} files at a time!`;
    else if (file.size > MAX_FILE) problem = `Your files are too powerful! Max file size: ${sizeText(MAX_FILE)}.`;
    else if (all + file.size > MAX_ALL) problem = `Your files are too powerful! Together they may have ${sizeText(MAX_ALL)}.`;
    else {
      taken.push(file);
      all += file.size;
    }
  }
  return { taken, problem };
}

/** Bytes as base64. */
export function base64(bytes) {
  let text = "";
  // In pieces: the arguments of a call are limited.
  for (let at = 0; at < bytes.length; at += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(text);
}

/** A `File` as the sandbox takes it: `{ filename, base64, content_type, size }`. */
export async function read(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return {
    filename: file.name || "file",
    base64: base64(bytes),
    content_type: file.type || "application/octet-stream",
    size: file.size,
  };
}
