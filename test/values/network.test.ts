import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isInNetwork, isNetwork, networkOf } from "../../src/values/network.ts";

const group = fc.integer({ min: 0, max: 0xffff });
const sparseGroup = fc.oneof({ arbitrary: fc.constant(0), weight: 2 }, { arbitrary: group, weight: 1 });
const octet = fc.integer({ min: 0, max: 255 });
const ipv4 = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join("."));

/** Not ::ffff:0:0/96, whose addresses are IPv4. */
const ipv6 = fc
  .array(sparseGroup, { minLength: 8, maxLength: 8 })
  .filter((groups) => groups.slice(0, 5).some((each) => each !== 0) || groups[5] !== 0xffff);

const hex = (width: number) => (each: number) => each.toString(16).padStart(width, "0");

/** The address with the run of zeros that covers this group written as "::", if there is one. */
function compressed(groups: number[], at: number, width: number): string {
  const write = (some: number[]): string => some.map(hex(width)).join(":");
  if (groups[at] !== 0) return write(groups);
  let [from, to] = [at, at + 1];
  while (from > 0 && groups[from - 1] === 0) from -= 1;
  while (to < 8 && groups[to] === 0) to += 1;
  return `${write(groups.slice(0, from))}::${write(groups.slice(to))}`;
}

const dotted = (groups: number[]): string =>
  groups
    .slice(6)
    .flatMap((each) => [each >> 8, each & 255])
    .join(".");

/** One of the spellings of an IPv6 address. */
const spelling = (groups: number[]) =>
  fc
    .record({
      width: fc.integer({ min: 1, max: 4 }),
      at: fc.integer({ min: 0, max: 7 }),
      upper: fc.boolean(),
      zone: fc.constantFrom("", "%eth0", "%1"),
      wrap: fc.constantFrom("", "brackets", "port"),
      tail: fc.boolean(),
    })
    .map(({ width, at, upper, zone, wrap, tail }) => {
      const text = tail
        ? `${groups.slice(0, 6).map(hex(width)).join(":")}:${dotted(groups)}`
        : compressed(groups, at, width);
      const cased = `${upper ? text.toUpperCase() : text}${zone}`;
      return { "": cased, brackets: `[${cased}]`, port: `[${cased}]:443` }[wrap] ?? cased;
    });

describe("the network of an address", () => {
  it("is the same for all spellings of an IPv6 address, and that of its /64", () => {
    fc.assert(
      fc.property(
        ipv6.chain((groups) =>
          fc.tuple(fc.constant(groups), spelling(groups), fc.array(group, { minLength: 4, maxLength: 4 })),
        ),
        ([groups, text, host]) => {
          const network = groups.slice(0, 4).map(hex(1)).join(":");
          expect(networkOf(text)).toBe(network);
          const neighbour = [...groups.slice(0, 4), ...host];
          fc.pre(neighbour.slice(0, 5).some((each) => each !== 0) || neighbour[5] !== 0xffff);
          expect(networkOf(neighbour.map(hex(1)).join(":"))).toBe(network);
        },
      ),
    );
  });

  it("differs between two /64", () => {
    fc.assert(
      fc.property(
        ipv6,
        fc.integer({ min: 0, max: 3 }),
        fc.integer({ min: 1, max: 0xffff }),
        (groups, at, by) => {
          const other = groups.with(at, ((groups[at] ?? 0) + by) % 0x10000);
          const write = (some: number[]): string => some.map(hex(1)).join(":");
          fc.pre(other.slice(0, 5).some((each) => each !== 0) || other[5] !== 0xffff);
          expect(networkOf(write(other))).not.toBe(networkOf(write(groups)));
        },
      ),
    );
  });

  it("is an IPv4 address itself, also in IPv6 notation and with a port", () => {
    fc.assert(
      fc.property(
        ipv4.chain((address) => {
          const octets = address.split(".").map(Number);
          const [a = 0, b = 0, c = 0, d = 0] = octets;
          const groups = [0, 0, 0, 0, 0, 0xffff, a * 256 + b, c * 256 + d];
          return fc.tuple(fc.constant(address), spelling(groups));
        }),
        ([address, mapped]) => {
          expect(networkOf(address)).toBe(address);
          expect(networkOf(`${address}:8080`)).toBe(address);
          expect(networkOf(`::ffff:${address}`)).toBe(address);
          expect(networkOf(mapped)).toBe(address);
        },
      ),
    );
  });

  it.each([
    "unknown",
    "",
    "1.2.3",
    "1.2.3.256",
    "1:2:3",
    "1::2::3",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4::5:6:7:8",
    "12345::",
    "g::",
    "::1.2.3",
    "1.2.3.4::",
    "1:1.2.3.4::5",
    "::1.2.3.256",
    "::1.2.3.04",
    "::1.2.3.a",
  ])("of what is no address is the text itself: '%s'", (text) => {
    expect(networkOf(text)).toBe(text);
  });

  it("of any text is found without a failure", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\d:.a-f%[\]]{0,40}$/)), (text) => {
        expect(typeof networkOf(text)).toBe("string");
      }),
    );
  });
});

describe("a network in CIDR notation", () => {
  const bits = (groups: number[]): string =>
    groups.map((each) => each.toString(2).padStart(16, "0")).join("");
  const plain = (groups: number[]): string => groups.map(hex(1)).join(":");
  const eight = fc.array(group, { minLength: 8, maxLength: 8 }).filter((groups) => groups[5] !== 0xffff);

  it("has the IPv6 addresses whose first bits are its own, in any spelling", () => {
    fc.assert(
      fc.property(
        eight.chain((groups) => fc.tuple(fc.constant(groups), spelling(groups))),
        eight,
        fc.integer({ min: 0, max: 128 }),
        ([groups, text], others, length) => {
          expect(isInNetwork(text, `${plain(groups)}/${length}`)).toBe(true);
          const isWithin = bits(others).slice(0, length) === bits(groups).slice(0, length);
          expect(isInNetwork(plain(others), `${plain(groups)}/${length}`)).toBe(isWithin);
        },
      ),
    );
  });

  it("has the IPv4 addresses whose first bits are its own, also in IPv6 notation", () => {
    const value = (address: string): number =>
      address.split(".").reduce((sum, each) => sum * 256 + Number(each), 0);
    fc.assert(
      fc.property(ipv4, ipv4, fc.integer({ min: 0, max: 32 }), (address, other, length) => {
        const size = 2 ** (32 - length);
        const isWithin = Math.floor(value(address) / size) === Math.floor(value(other) / size);
        for (const text of [address, `::ffff:${address}`, `${address}:443`])
          expect(isInNetwork(text, `${other}/${length}`)).toBe(isWithin);
      }),
    );
  });

  it("has no address of the other version, and a bare address is itself only", () => {
    expect(isInNetwork("192.0.2.1", "::/0")).toBe(false);
    expect(isInNetwork("2001:db8::1", "0.0.0.0/0")).toBe(false);
    expect(isInNetwork("192.0.2.1", "192.0.2.1")).toBe(true);
    expect(isInNetwork("192.0.2.2", "192.0.2.1")).toBe(false);
    expect(isInNetwork("unknown", "0.0.0.0/0")).toBe(false);
    expect(isInNetwork("unknown", "unknown")).toBe(false);
    expect(isInNetwork("10.0.0.1", "10.0.0.0/33")).toBe(false);
  });

  it.each([
    "",
    "a",
    "10.0.0.0/33",
    "10.0.0.0/",
    "10.0.0.0/-1",
    "10.0.0.0/8/8",
    "10.0.0.0/1e1",
    "::/129",
    "10.0.0/8",
    "10.0.0.0.0/8",
    "256.0.0.0",
    "10.0.0.256/8",
    "10.0.0.08",
    "10.0.0.x",
    "/8",
  ])("is not %j", (text) => {
    expect(isNetwork(text)).toBe(false);
  });

  it.each(["0.0.0.0/0", "255.255.255.255/32", "10.0.0.1", "::/0", "2001:db8::1/128", "::1"])(
    "is %j",
    (text) => {
      expect(isNetwork(text)).toBe(true);
    },
  );
});
