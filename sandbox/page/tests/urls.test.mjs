import assert from "node:assert/strict";
import { test } from "node:test";
import { fileSize, fileUrl, hostOf, safeImage, safeUrl } from "../model/urls.js";

test("only http and https are links", () => {
  assert.equal(safeUrl("https://example.com/a?b#c"), "https://example.com/a?b#c");
  assert.equal(safeUrl("http://127.0.0.1:7171/x"), "http://127.0.0.1:7171/x");
  const hostile = [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)", "\u0001javascript:alert(1)",
    "data:text/html,<script>1</script>", "vbscript:x", "file:///etc/passwd", "blob:https://a/b", "discord://x", "ftp://a",
    "//example.com", "/page/x", "", "https://", "https:// a", "http://[", null, undefined, 1, {}, `https://a/${"x".repeat(9000)}`,
  ];
  for (const url of hostile) assert.equal(safeUrl(url), null, String(url).slice(0, 60));
});

test("what comes out can't end an attribute or begin another address", () => {
  assert.ok(!/["'<>\s]/.test(safeUrl("https://example.com/\"><script>alert(1)</script>").replace(/'/g, "")));
});

test("pictures may be on this page's own address, and nowhere else by a path", () => {
  assert.equal(safeImage("/avatars/x.png"), "/avatars/x.png");
  for (const url of ["//evil.example/x", "/\\evil.example/x", "\\\\evil", "x.png", "/a b", "data:image/svg+xml,x", "javascript:1"]) {
    assert.equal(safeImage(url), null, url);
  }
});

test("a file on this machine's other name is on this page's own address", () => {
  const file = "http://127.0.0.1:7171/attachments/1/2/a.png?x=1";
  assert.equal(fileUrl(file, "http://localhost:7171"), "/attachments/1/2/a.png?x=1");
  assert.equal(fileUrl(file, "http://127.0.0.1:7171"), "/attachments/1/2/a.png?x=1");
  assert.equal(fileUrl(file, "http://127.0.0.1:9999"), file);
  assert.equal(fileUrl("https://example.com/a", "http://localhost:7171"), "https://example.com/a");
  assert.equal(fileUrl("javascript:1", "http://localhost:7171"), null);
});

test("hosts and sizes", () => {
  assert.equal(hostOf("https://Example.com:8443/x"), "example.com:8443");
  assert.equal(hostOf("nothing"), null);
  assert.deepEqual([0, 999, 1000, 2048, 5_000_000, -1].map(fileSize), ["0 bytes", "999 bytes", "0.98 KB", "2.00 KB", "4.77 MB", "unknown size"]);
});
