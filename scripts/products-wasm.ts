/**
 * Makes `src/audit/factors/products-wasm.ts`: Fourier transforms for the products of very large integers, and Lehmer's
 * divisor (docs/decisions/0131).
 *
 * A transform is of complex numbers modulo x^N - i, in floating point, and of two numbers at once, one in each lane of
 * the vectors. A point takes 32 bytes: the real parts of both lanes, then the imaginary ones. A real number of 2N digits
 * has digit j in the real part of point j, digit N + j in the imaginary one: products are modulo x^2N + 1.
 *
 * A pass splits each block of points, polynomials modulo x^(r·s) - c, into r blocks modulo x^s - (a root of c). The
 * roots come from a table, block by block. No points are ever put into another order.
 *
 * Run `node scripts/run.mjs scripts/products-wasm-write.ts`; test/unit/audit/factors/products-wasm.test.ts fails
 * when the committed bytes are not what this file makes.
 */
import { type Code, get, name, number32, section, set, unsignedLeb } from "./kdf-wasm.ts";

const I32 = 0x7f;
const I64 = 0x7e;
const F64 = 0x7c;
const V128 = 0x7b;
/** Bytes of a point. */
const POINT = 32;

const two =
  (...opcode: number[]) =>
  (...terms: Code[]): Code =>
    terms.flatMap((term, i) => (i === 0 ? [...term] : [...term, ...opcode]));
const simd = (opcode: number): number[] => [0xfd, ...unsignedLeb(opcode)];

const add32 = two(0x6a);
const sub32 = two(0x6b);
const mul32 = two(0x6c);
const and32 = two(0x71);
const shl32 = two(0x74);
const shr32 = two(0x76);
const less32 = two(0x49);
const add64 = two(0x7c);
const sub64 = two(0x7d);
const mul64 = two(0x7e);
const div64 = two(0x80);
const rem64 = two(0x82);
const and64 = two(0x83);
const or64 = two(0x84);
const shl64 = two(0x86);
const signedShift64 = two(0x87);
const shr64 = two(0x88);
const less64 = two(0x54);
const number64 = (value: number): Code => [0x42, ...number32(value).slice(1)];
const wide = (value: Code): Code => [...value, 0xad];
const narrow = (value: Code): Code => [...value, 0xa7];
const load32 = (address: Code, offset = 0): Code => [...address, 0x28, 0, ...unsignedLeb(offset)];
const loadWide = (address: Code, offset = 0): Code => [...address, 0x35, 0, ...unsignedLeb(offset)];
const store32 = (address: Code, value: Code): Code => [...address, ...value, 0x36, 0, 0];
const storeWide = (address: Code, value: Code): Code => [...address, ...value, 0x3e, 0, 0];
const load = (address: Code, offset = 0): Code => [
  ...address,
  ...simd(0),
  0,
  ...unsignedLeb(offset),
];
const store = (address: Code, offset: number, value: Code): Code => [
  ...address,
  ...value,
  ...simd(0x0b),
  0,
  ...unsignedLeb(offset),
];
const loadSplat = (address: Code, offset = 0): Code => [
  ...address,
  ...simd(0x0a),
  0,
  ...unsignedLeb(offset),
];
const add = two(...simd(0xf0));
const sub = two(...simd(0xf1));
const mul = two(...simd(0xf2));
const splat = (value: number): Code => [
  0x44,
  ...new Uint8Array(Float64Array.of(value).buffer),
  ...simd(0x14),
];
/** Lanes of two vectors, 0 and 1 being those of the first. */
const lanes = (a: Code, b: Code, first: number, second: number): Code => [
  ...a,
  ...b,
  ...simd(0x0d),
  ...[first, second].flatMap((lane) => [0, 1, 2, 3, 4, 5, 6, 7].map((i) => lane * 8 + i)),
];
const swapped = (local: number): Code => lanes(get(local), get(local), 1, 0);

const when = (condition: Code, body: Code, otherwise?: Code): Code => [
  ...condition,
  ...[0x04, 0x40],
  ...body,
  ...(otherwise === undefined ? [] : [0x05, ...otherwise]),
  0x0b,
];
/** do body while (condition) */
const repeatWhile = (condition: Code, body: Code): Code => [
  ...[0x03, 0x40],
  ...body,
  ...condition,
  ...[0x0d, 0, 0x0b],
];
const advance = (local: number, by: Code): Code => set(local, add32(get(local), by));

/** A complex number in locals or on its way there. */
type Complex = readonly [Code, Code];
const local = (at: number): Complex => [get(at), get(at + 1)];
const put = (at: number, [re, im]: Complex): Code => [...set(at, re), ...set(at + 1, im)];
const plus = (a: Complex, b: Complex): Complex => [add(a[0], b[0]), add(a[1], b[1])];
const minus = (a: Complex, b: Complex): Complex => [sub(a[0], b[0]), sub(a[1], b[1])];
const times = (a: Complex, b: Complex): Complex => [
  sub(mul(a[0], b[0]), mul(a[1], b[1])),
  add(mul(a[0], b[1]), mul(a[1], b[0])),
];
/** By the conjugate of b. */
const over = (a: Complex, b: Complex): Complex => [
  add(mul(a[0], b[0]), mul(a[1], b[1])),
  sub(mul(a[1], b[0]), mul(a[0], b[1])),
];
/** a + ib and a - ib. */
const plusI = (a: Complex, b: Complex): Complex => [sub(a[0], b[1]), add(a[1], b[0])];
const minusI = (a: Complex, b: Complex): Complex => [add(a[0], b[1]), sub(a[1], b[0])];
const scaled = (a: Complex, by: number): Complex => [mul(a[0], splat(by)), mul(a[1], splat(by))];

interface Body {
  readonly parameters: readonly number[];
  readonly results?: readonly number[];
  /** Counts and types of the locals beyond the parameters. */
  readonly locals: readonly (readonly [number, number])[];
  readonly code: Code;
}

/** The small transforms of a pass: of the complex numbers in locals from `at` on, into `save`. */
type Butterfly = (at: number, save: (i: number, value: Complex) => Code) => Code;

const forward2: Butterfly = (at, save) => [
  ...save(0, plus(local(at), local(at + 2))),
  ...save(1, minus(local(at), local(at + 2))),
];

/** Value number q is that at i^q. `back` runs it the other way. */
const butterfly4 =
  (back: boolean): Butterfly =>
  (at, save) => {
    const [a, b, c, d] = [at, at + 2, at + 4, at + 6] as const;
    const [s, t, u, v] = [at + 8, at + 10, at + 12, at + 14] as const;
    return [
      ...put(s, plus(local(a), local(c))),
      ...put(t, minus(local(a), local(c))),
      ...put(u, plus(local(b), local(d))),
      ...put(v, minus(local(b), local(d))),
      ...save(0, plus(local(s), local(u))),
      ...save(1, (back ? minusI : plusI)(local(t), local(v))),
      ...save(2, minus(local(s), local(u))),
      ...save(3, (back ? plusI : minusI)(local(t), local(v))),
    ];
  };

const butterfly3 =
  (back: boolean): Butterfly =>
  (at, save) => {
    const [a, b, c] = [at, at + 2, at + 4] as const;
    const [s, d, m] = [at + 8, at + 10, at + 12] as const;
    return [
      ...put(s, plus(local(b), local(c))),
      ...put(d, scaled(minus(local(b), local(c)), Math.sqrt(3) / 2)),
      ...put(m, minus(local(a), scaled(local(s), 0.5))),
      ...save(0, plus(local(a), local(s))),
      ...save(1, (back ? minusI : plusI)(local(m), local(d))),
      ...save(2, (back ? plusI : minusI)(local(m), local(d))),
    ];
  };

const butterfly5 =
  (back: boolean): Butterfly =>
  (at, save) => {
    const [a, b, c, d, e] = [at, at + 2, at + 4, at + 6, at + 8] as const;
    const [s, t, u, v, m, n] = [at + 10, at + 12, at + 14, at + 16, at + 18, at + 20] as const;
    const root = Math.sqrt(5);
    const [c1, c2] = [(root - 1) / 4, (-root - 1) / 4];
    const [s1, s2] = [Math.sqrt(10 + 2 * root) / 4, Math.sqrt(10 - 2 * root) / 4];
    const [up, down] = back ? [minusI, plusI] : [plusI, minusI];
    return [
      ...put(s, plus(local(b), local(e))),
      ...put(t, plus(local(c), local(d))),
      ...put(u, minus(local(b), local(e))),
      ...put(v, minus(local(c), local(d))),
      ...save(0, plus(plus(local(a), local(s)), local(t))),
      ...put(m, plus(plus(local(a), scaled(local(s), c1)), scaled(local(t), c2))),
      ...put(n, plus(scaled(local(u), s1), scaled(local(v), s2))),
      ...save(1, up(local(m), local(n))),
      ...save(4, down(local(m), local(n))),
      ...put(m, plus(plus(local(a), scaled(local(s), c2)), scaled(local(t), c1))),
      ...put(n, minus(scaled(local(u), s2), scaled(local(v), s1))),
      ...save(2, up(local(m), local(n))),
      ...save(3, down(local(m), local(n))),
    ];
  };

/**
 * (data, stride, blocks, roots): a pass over `blocks` blocks of `radix` times `stride` bytes. The table has for each
 * block the root and its powers up to radix - 1, 16 bytes each.
 */
function pass(radix: number, back: boolean, butterfly: Butterfly): Body {
  const [data, stride, blocks, roots] = [0, 1, 2, 3] as const;
  const [end] = [4] as const;
  /** Pointers to the other parts of a block. */
  const part = (i: number): number => (i === 0 ? data : 4 + i);
  const w = 4 + radix;
  const work = w + 2 * (radix - 1);
  const scratch = 22;
  const root = (i: number): Complex => local(w + 2 * (i - 1));
  const code: number[] = [];
  const parts = Array.from({ length: radix }, (_, i) => i);
  const loadRoots = parts
    .slice(1)
    .flatMap((i) => [
      ...set(w + 2 * (i - 1), loadSplat(get(roots), (i - 1) * 16)),
      ...set(w + 2 * (i - 1) + 1, loadSplat(get(roots), (i - 1) * 16 + 8)),
    ]);
  const fetch = parts.flatMap((i) => {
    const value: Complex = [load(get(part(i))), load(get(part(i)), 16)];
    return put(work + 2 * i, value);
  });
  const turned = parts
    .slice(1)
    .flatMap((i) => [
      ...set(work + 2 * radix, get(work + 2 * i)),
      ...set(work + 2 * radix + 1, get(work + 2 * i + 1)),
      ...put(work + 2 * i, times(local(work + 2 * radix), root(i))),
    ]);
  const write = (i: number, value: Complex): Code => [
    ...store(get(part(i)), 0, value[0]),
    ...store(get(part(i)), 16, value[1]),
  ];
  // Back: the value is kept in locals, turned, and then written.
  const temporary = work + scratch;
  const save = (i: number, value: Complex): Code =>
    back && i > 0
      ? [...put(temporary, value), ...write(i, over(local(temporary), root(i)))]
      : write(i, value);
  const inner = [
    ...fetch,
    ...(back ? [] : turned),
    ...butterfly(work, save),
    ...parts.flatMap((i) => advance(part(i), number32(POINT))),
  ];
  code.push(
    ...repeatWhile(get(blocks), [
      ...loadRoots,
      ...parts.slice(1).flatMap((i) => set(part(i), add32(get(part(i - 1)), get(stride)))),
      ...set(end, get(part(1))),
      ...repeatWhile(less32(get(data), get(end)), inner),
      ...set(data, get(part(radix - 1))),
      ...advance(roots, number32(16 * (radix - 1))),
      ...set(blocks, sub32(get(blocks), number32(1))),
    ]),
  );
  return {
    parameters: [I32, I32, I32, I32],
    locals: [
      [radix, I32],
      [2 * (radix - 1) + scratch + 2, V128],
    ],
    code,
  };
}

/** A pointwise step over (a, b, count): `step` has the points in locals 4, 5 and 6, 7, and saves into b or a. */
function pointwise(target: 0 | 1, extra: readonly number[], step: (value: number) => Code): Body {
  const first = 3 + extra.length;
  return {
    parameters: [I32, I32, I32, ...extra],
    locals: [[10, V128]],
    code: repeatWhile(get(2), [
      ...step(first),
      ...store(get(target), 0, get(first)),
      ...store(get(target), 16, get(first + 1)),
      ...advance(0, number32(POINT)),
      ...advance(1, number32(POINT)),
      ...set(2, sub32(get(2), number32(1))),
    ]),
  };
}

const fetchPoint = (at: number, address: number): Code =>
  put(at, [load(get(address)), load(get(address), 16)]);

/** a has the left number and the right one, b their cofactors: b becomes the product and the sum of the cross products. */
const combine = pointwise(1, [], (at) => [
  ...fetchPoint(at + 2, 0),
  ...fetchPoint(at + 4, 1),
  ...put(at + 6, [swapped(at + 2), swapped(at + 3)]),
  ...put(at, times(local(at + 2), local(at + 6))),
  ...put(at + 2, times(local(at + 4), local(at + 6))),
  ...[0, 1].flatMap((i) => [
    ...set(at + 2 + i, add(get(at + 2 + i), swapped(at + 2 + i))),
    ...set(at + i, lanes(get(at + i), get(at + 2 + i), 0, 2)),
  ]),
]);

/**
 * b, in both lanes by one lane of it (its address is that of the lane), times a with its lanes swapped, into a. Where b is a,
 * the first lane becomes the product of both.
 */
const spread = pointwise(0, [], (at) => [
  ...fetchPoint(at + 2, 0),
  ...put(at + 4, [swapped(at + 2), swapped(at + 3)]),
  ...put(at + 2, [loadSplat(get(1)), loadSplat(get(1), 16)]),
  ...put(at, times(local(at + 4), local(at + 2))),
]);

/** a times b, lane by lane, into a. */
const multiply = pointwise(0, [], (at) => [
  ...fetchPoint(at + 2, 0),
  ...fetchPoint(at + 4, 1),
  ...put(at, times(local(at + 2), local(at + 4))),
]);

/**
 * (to, N, bits, stage, one, oneBytes, other, otherBytes): the digits of a number into each lane. Both are copied first to
 * `stage`, which has room for two numbers of 2N digits and 8 bytes each, since digits beyond their ends have to be 0.
 *
 * A digit is between -2^(bits-1) and 2^(bits-1): that of the number, less 2^bits where its highest bit is 1, and one
 * more where that of the digit below is. That is half of the signed number from the bit below on, rounded up.
 */
function spreadDigits(): Body {
  const [to, points, bits, stage, one, oneBytes, other, otherBytes] = [0, 1, 2, 3, 4, 5, 6, 7];
  const [size, far, at, end, up, down, low, short] = [8, 9, 10, 11, 12, 13, 14, 15] as const;
  const digits = 16;
  const fill: Code = [0xfc, 11, 0];
  const copy: Code = [0xfc, 10, 0, 0];
  const put = (base: Code, from: number, length: number): Code => [
    ...store32(base, number32(0)),
    ...add32(base, number32(4)),
    ...get(from),
    ...get(length),
    ...copy,
    ...add32(base, number32(4), get(length)),
    ...number32(0),
    ...sub32(get(size), get(length), number32(4)),
    ...fill,
  ];
  const lane = (address: Code, lane_: number): Code => [
    ...address,
    ...get(digits),
    ...simd(0x56),
    0,
    0,
    lane_,
  ];
  const word = (address: Code, i: number): Code => set(digits, lane(address, i));
  return {
    parameters: [I32, I32, I32, I32, I32, I32, I32, I32],
    locals: [
      [8, I32],
      [1, V128],
    ],
    code: [
      // Digit N stands this many bytes behind the first: N is a multiple of 8.
      ...set(far, shr32(mul32(get(points), get(bits)), number32(3))),
      // Numbers that end below it have no imaginary parts, which saves almost half of the work.
      ...set(short, and32(less32(get(oneBytes), get(far)), less32(get(otherBytes), get(far)))),
      ...set(size, add32(get(far), number32(8))),
      ...when([...get(short), 0x45], advance(size, get(far))),
      ...put(get(stage), one, oneBytes),
      ...put(add32(get(stage), get(size)), other, otherBytes),
      ...set(at, number32(31)),
      ...set(up, sub32(number32(31), get(bits))),
      ...set(end, add32(get(to), shl32(get(points), number32(5)))),
      ...repeatWhile(less32(get(to), get(end)), [
        ...set(low, add32(get(stage), shr32(get(at), number32(3)))),
        ...set(down, sub32(get(up), and32(get(at), number32(7)))),
        ...word(get(low), 0),
        ...word(add32(get(low), get(size)), 1),
        ...when(
          [...get(short), 0x45],
          [
            ...set(low, add32(get(low), get(far))),
            ...word(get(low), 2),
            ...word(add32(get(low), get(size)), 3),
          ],
        ),
        ...set(digits, [...get(digits), ...get(down), ...simd(0xab)]),
        ...set(digits, [...get(digits), ...get(up), ...simd(0xac)]),
        ...set(digits, [...get(digits), ...number32(1), ...simd(0x11), ...simd(0xae)]),
        ...set(digits, [...get(digits), ...number32(1), ...simd(0xac)]),
        ...store(get(to), 0, [...get(digits), ...simd(0xfe)]),
        ...store(get(to), 16, [...lanes(get(digits), get(digits), 1, 1), ...simd(0xfe)]),
        ...advance(to, number32(POINT)),
        ...advance(at, get(bits)),
      ]),
    ],
  };
}

/**
 * (from, N, bits, scale, first, carries, skip, to, other, words): rounds the digits of both lanes, times `scale`, carries, and
 * writes `words` words of each integer from bit `skip` of digit `first` on. Carrying begins `carries` digits earlier.
 */
function gatherDigits(): Body {
  const [from, points, bits, scale, first, carries, skip, to, other, words] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
  ] as const;
  const [end, fill] = [10, 11] as const;
  const [mask, shift] = [12, 13] as const;
  const values = [14, 16] as const;
  const collected = [15, 17] as const;
  const rounded = 18;
  // 1.5 times 2^52: the last bit of such a number counts ones.
  const magic = 1.5 * 2 ** 52;
  const next = [
    ...set(rounded, [
      ...add(mul(load(get(from)), [...get(scale), ...simd(0x14)]), splat(magic)),
      ...splat(magic),
      ...simd(0xd1),
    ]),
    ...values.flatMap((value, lane) =>
      set(
        value,
        add64(signedShift64(get(value), get(shift)), [...get(rounded), ...simd(0x1d), lane]),
      ),
    ),
    ...advance(from, number32(POINT)),
    // After point N - 1 come the imaginary parts, once.
    ...when(
      [...sub32(get(from), get(end)), 0x45],
      set(from, add32(sub32(get(from), shl32(get(points), number32(5))), number32(16))),
    ),
  ];
  const digit = (value: number): Code => and64(get(value), get(mask));
  return {
    parameters: [I32, I32, I32, F64, I32, I32, I32, I32, I32, I32],
    locals: [
      [2, I32],
      [6, I64],
      [1, V128],
    ],
    code: [
      ...set(end, add32(get(from), shl32(get(points), number32(5)))),
      ...set(shift, wide(get(bits))),
      ...set(mask, sub64(shl64(number64(1), get(shift)), number64(1))),
      ...set(first, sub32(get(first), get(carries))),
      ...when(
        less32(get(first), get(points)),
        advance(from, shl32(get(first), number32(5))),
        advance(from, add32(shl32(sub32(get(first), get(points)), number32(5)), number32(16))),
      ),
      ...when(
        get(carries),
        repeatWhile(get(carries), [...next, ...set(carries, sub32(get(carries), number32(1)))]),
      ),
      ...next,
      ...[0, 1].flatMap((i) =>
        set(collected[i] as number, shr64(digit(values[i] as number), wide(get(skip)))),
      ),
      ...set(fill, sub32(get(bits), get(skip))),
      ...repeatWhile(get(words), [
        ...next,
        ...[0, 1].flatMap((i) => {
          const so = collected[i] as number;
          return set(so, or64(get(so), shl64(digit(values[i] as number), wide(get(fill)))));
        }),
        ...advance(fill, get(bits)),
        ...when(less32(number32(31), get(fill)), [
          // The first lane last: it stays where both are written to one place.
          ...storeWide(get(other), get(collected[1])),
          ...storeWide(get(to), get(collected[0])),
          ...advance(to, number32(4)),
          ...advance(other, number32(4)),
          ...collected.flatMap((so) => set(so, shr64(get(so), number64(32)))),
          ...set(fill, sub32(get(fill), number32(32))),
          ...set(words, sub32(get(words), number32(1))),
        ]),
      ]),
    ],
  };
}

/**
 * (a, b, words) → where the divisor of both numbers is, or 0 where the other number has not become 0 by
 * Lehmer's steps; both are overwritten.
 *
 * Steps of Euclid are done to the leading 63 bits x > y, with factors below 2^31 that say what of the numbers themselves
 * each remainder is. A step counts where the new remainder and its distance from the one before are both at
 * least 2^32: more than the sum of their factors, so that the numbers' own remainders are in that order too.
 */
function divisor(): Body {
  const [a, b, words] = [0, 1, 2] as const;
  const [at, shift, count, other] = [3, 4, 5, 6] as const;
  const [x, y, z, q, u0, v0, u1, v1, t, carryA, carryB, p, r] = Array.from(
    { length: 13 },
    (_, i) => 7 + i,
  ) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const word = (base: number, back: number): Code =>
    loadWide(sub32(add32(get(base), shl32(get(words), number32(2))), number32(4 * back)));
  const leading = (base: number): Code =>
    shr64(
      or64(
        shl64(or64(shl64(word(base, 1), number64(32)), word(base, 2)), wide(get(shift))),
        shr64(word(base, 3), sub64(number64(32), wide(get(shift)))),
      ),
      number64(1),
    );
  const clz = (value: Code): Code => [...narrow(value), 0x67];
  const swap = (one: number, two_: number, spare: number): Code => [
    ...set(spare, get(one)),
    ...set(one, get(two_)),
    ...set(two_, get(spare)),
  ];
  const limit: Code = [0x42, ...[0x80, 0x80, 0x80, 0x80, 0x10]];
  const whole = (base: number): Code =>
    or64(loadWide(get(base)), shl64(loadWide(get(base), 4), number64(32)));
  const product = (factor: number, value: number): Code => mul64(get(factor), get(value));
  return {
    parameters: [I32, I32, I32],
    results: [I32],
    locals: [
      [4, I32],
      [13, I64],
    ],
    code: [
      ...[0x03, 0x40],
      // Words that are 0 in both.
      ...[0x02, 0x40, 0x03, 0x40],
      ...less32(get(words), number32(3)),
      ...[0x0d, 1],
      ...or64(word(a, 1), word(b, 1)),
      ...[0x50, 0x45, 0x0d, 1],
      ...set(words, sub32(get(words), number32(1))),
      ...[0x0c, 0, 0x0b, 0x0b],
      ...when(less32(get(words), number32(3)), [
        ...set(x, whole(a)),
        ...set(y, whole(b)),
        ...when(
          [...get(y), 0x50, 0x45],
          [
            ...repeatWhile(
              [...get(y), 0x50, 0x45],
              [...set(z, rem64(get(x), get(y))), ...set(x, get(y)), ...set(y, get(z))],
            ),
          ],
        ),
        ...storeWide(get(a), get(x)),
        ...storeWide(add32(get(a), number32(4)), shr64(get(x), number64(32))),
        ...get(a),
        0x0f,
      ]),
      ...set(shift, clz(or64(word(a, 1), word(b, 1)))),
      ...set(x, leading(a)),
      ...set(y, leading(b)),
      ...when(less64(get(x), get(y)), [...swap(a, b, other), ...swap(x, y, z)]),
      ...set(u0, number64(1)),
      ...set(v0, number64(0)),
      ...set(u1, number64(0)),
      ...set(v1, number64(1)),
      ...set(count, number32(0)),
      // Euclid's steps.
      ...[0x02, 0x40, 0x03, 0x40],
      ...[...get(y), 0x50],
      ...[0x0d, 1],
      ...set(q, div64(get(x), get(y))),
      ...set(z, sub64(get(x), mul64(get(q), get(y)))),
      ...less64(get(z), limit),
      ...[0x0d, 1],
      ...less64(sub64(get(y), get(z)), limit),
      ...[0x0d, 1],
      ...set(x, get(y)),
      ...set(y, get(z)),
      ...set(t, sub64(get(u0), product(q, u1))),
      ...set(u0, get(u1)),
      ...set(u1, get(t)),
      ...set(t, sub64(get(v0), product(q, v1))),
      ...set(v0, get(v1)),
      ...set(v1, get(t)),
      ...advance(count, number32(1)),
      ...[0x0c, 0, 0x0b, 0x0b],
      ...when(
        [...get(count), 0x45],
        [
          // No step could be told from the leading bits: the other number is 0, or the caller has to go on.
          ...set(at, get(b)),
          ...set(shift, get(words)),
          ...repeatWhile(get(shift), [
            ...when(load32(get(at)), [...number32(0), 0x0f]),
            ...advance(at, number32(4)),
            ...set(shift, sub32(get(shift), number32(1))),
          ]),
          ...get(a),
          0x0f,
        ],
      ),
      ...set(carryA, number64(0)),
      ...set(carryB, number64(0)),
      ...set(at, get(a)),
      ...set(other, get(b)),
      ...set(shift, get(words)),
      ...repeatWhile(get(shift), [
        ...set(p, loadWide(get(at))),
        ...set(r, loadWide(get(other))),
        ...set(carryA, add64(add64(product(u0, p), product(v0, r)), get(carryA))),
        ...storeWide(get(at), get(carryA)),
        ...set(carryA, signedShift64(get(carryA), number64(32))),
        ...set(carryB, add64(add64(product(u1, p), product(v1, r)), get(carryB))),
        ...storeWide(get(other), get(carryB)),
        ...set(carryB, signedShift64(get(carryB), number64(32))),
        ...advance(at, number32(4)),
        ...advance(other, number32(4)),
        ...set(shift, sub32(get(shift), number32(1))),
      ]),
      ...[0x0c, 0, 0x0b],
      0x00,
    ],
  };
}

const BODIES = {
  split2: pass(2, false, forward2),
  split3: pass(3, false, butterfly3(false)),
  split4: pass(4, false, butterfly4(false)),
  split5: pass(5, false, butterfly5(false)),
  join2: pass(2, true, forward2),
  join3: pass(3, true, butterfly3(true)),
  join4: pass(4, true, butterfly4(true)),
  join5: pass(5, true, butterfly5(true)),
  combine,
  spread,
  multiply,
  spreadDigits: spreadDigits(),
  gatherDigits: gatherDigits(),
  divisor: divisor(),
} satisfies Record<string, Body>;

/** The module's bytes: exports `memory`, which begins with one page, and all of the functions. */
export function productsModule(): Uint8Array {
  const bodies = Object.entries<Body>(BODIES);
  const vector = (items: readonly Code[]): Code => [...unsignedLeb(items.length), ...items.flat()];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(
      1,
      vector(
        bodies.map(([, { parameters, results = [] }]) => [
          0x60,
          ...unsignedLeb(parameters.length),
          ...parameters,
          ...unsignedLeb(results.length),
          ...results,
        ]),
      ),
    ),
    ...section(3, vector(bodies.map((_, i) => [i]))),
    ...section(5, [1, 0, 1]),
    ...section(
      7,
      vector([[...name("memory"), 2, 0], ...bodies.map(([text], i) => [...name(text), 0, i])]),
    ),
    ...section(
      10,
      vector(
        bodies.map(([, { locals, code }]) => {
          const content = [
            ...unsignedLeb(locals.length),
            ...locals.flatMap(([count, type]) => [...unsignedLeb(count), type]),
            ...code,
            0x0b,
          ];
          return [...unsignedLeb(content.length), ...content];
        }),
      ),
    ),
  ]);
}

/** The text of src/audit/factors/products-wasm.ts. */
export function productsModuleSource(): string {
  const base64 = Buffer.from(productsModule()).toString("base64");
  const lines = base64.match(/.{1,88}/g) ?? [];
  return `// Made by scripts/products-wasm.ts; a test fails when this is not what it makes. Do not edit.

/** WebAssembly module of the transforms and of Lehmer's divisor, base64. What it exports is told in scripts/products-wasm.ts. */
export const PRODUCTS_WASM =
${lines.map((line) => `  "${line}"`).join(" +\n")};
`;
}
