import { describe, expect, it } from "vitest";
import { faultOf } from "../../src/webhooks/address.ts";

const right = [
  "https://example.com/hook",
  "https://example.com:8443/hook?a=1",
  "https://shop.example.co.uk./x",
  "https://EXAMPLE.com",
  "https://93.184.215.14/x",
  "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/x",
  "https://localhost.example.com/",
  "https://notlocal.example/",
  "https://172.15.255.255/",
  "https://172.32.0.1/",
  "https://100.63.0.1/",
  "https://100.128.0.1/",
];

const privateHosts = [
  "localhost",
  "LOCALHOST",
  "localhost.",
  "localhost..",
  "printer.local...",
  "127.0.0.1..",
  "0x7f.1..",
  "2130706433..",
  "a..example.com",
  "a.localhost",
  "printer.local",
  "metadata.google.internal",
  "router.lan",
  "nas.home.arpa",
  "intranet",
  "server",
  "127.0.0.1",
  "127.1",
  "0x7f.1",
  "0177.0.0.1",
  "2130706433",
  "0x7f000001",
  "017700000001",
  "１２７.0.0.1",
  "127。0。0。1",
  "0.0.0.0",
  "0",
  "10.1.2.3",
  "100.64.0.1",
  "100.127.255.255",
  "169.254.169.254",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.1.1",
  "192.0.0.8",
  "192.0.2.1",
  "198.18.0.1",
  "198.19.255.255",
  "198.51.100.1",
  "203.0.113.9",
  "224.0.0.1",
  "240.0.0.1",
  "255.255.255.255",
  "[::]",
  "[::1]",
  "[::ffff:127.0.0.1]",
  "[::ffff:8.8.8.8]",
  "[::ffff:7f00:1]",
  "[::127.0.0.1]",
  "[64:ff9b::7f00:1]",
  "[64:ff9b::8.8.8.8]",
  "[fc00::1]",
  "[fd12:3456::1]",
  "[fe80::1]",
  "[fec0::1]",
  "[ff02::1]",
  "[2001:db8::1]",
  "[2001:0:4136:e378::1]",
  "[2002:7f00:1::]",
];

describe("the address of a webhook", () => {
  it.each(right)("may be %s", (url) => {
    expect(faultOf(url, false)).toBeNull();
  });

  it.each(privateHosts)("is not private: %s", (host) => {
    expect(faultOf(`https://${host}/hook`, false)).toBe("must be a public address");
  });

  it.each(["http://example.com/", "ftp://example.com/", "javascript:alert(1)", "file:///etc/passwd"])(
    "begins with https, not as %s",
    (url) => {
      for (const isLocal of [false, true]) expect(faultOf(url, isLocal)).toBe("must begin with https://");
    },
  );

  it.each(["https://user@example.com/", "https://user:secret@example.com/", "https://:secret@example.com/"])(
    "names nobody, as %s does",
    (url) => {
      expect(faultOf(url, false)).toBe("must not have a user or a password");
    },
  );

  it.each([
    "",
    "example.com",
    "https://",
    "https://a b/",
    "https://256.1.1.1/",
    "https://[::1",
    "//example.com",
  ])("must be a URL, which '%s' is not", (url) => {
    expect(faultOf(url, false)).toBe("must be a URL");
  });

  it.each(["http://localhost:9999/x", "http://127.0.0.1/x", "http://[::1]:1/x", "https://localhost/x"])(
    "may be on this machine in local development only: %s",
    (url) => {
      expect(faultOf(url, true)).toBeNull();
      expect(faultOf(url, false)).not.toBeNull();
    },
  );

  it.each(["ftp://localhost/x", "http://127.example.com/x"])(
    "begins with https in local development too, unless it is HTTP on this machine: %s",
    (url) => {
      expect(faultOf(url, true)).toBe("must begin with https://");
    },
  );

  it.each(["https://10.0.0.1/", "http://169.254.169.254/", "https://a.internal/"])(
    "is not private even in local development: %s",
    (url) => {
      expect(faultOf(url, true)).not.toBeNull();
    },
  );
});
