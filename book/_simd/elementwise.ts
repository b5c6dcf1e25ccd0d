// The inner loops of np.maximum, np.minimum and np.tanh, with SIMD.
//
// NumPy calls a loop with (char **args, npy_intp *dims, npy_intp *steps, void *data): dims[0]
// numbers of each array, steps in bytes. What is written overlaps what is read only where it is
// the same array, or in a reduction or accumulation, where the first operand is the result so far.
// These are left to NumPy's own loop, whose place in the table of functions is `data`. The numbers
// are the same as NumPy's, to the last bit.

// The larger of two, or the smaller. The first of equals (0 and -0 are equal), and nan if one is.
// @ts-ignore: decorator
@inline function extreme<T>(
  larger: bool, args: usize, dims: usize, steps: usize, data: usize,
): void {
  const n = load<i32>(dims), size: i32 = sizeof<T>(), lanes: i32 = 16 / size;
  const aStep = load<i32>(steps), bStep = load<i32>(steps, 4), cStep = load<i32>(steps, 8);
  let a = load<usize>(args), b = load<usize>(args, 4), c = load<usize>(args, 8);
  if (c == a + cStep) {
    call_indirect<void>(<u32>data, args, dims, steps, <usize>0);
    return;
  }
  let i = 0;
  if (cStep == size && (aStep == size || aStep == 0) && (bStep == size || bStep == 0)) {
    for (; i <= n - lanes; i += lanes) {
      const x = aStep ? v128.load(a) : v128.load_splat<T>(a);
      const y = bStep ? v128.load(b) : v128.load_splat<T>(b);
      const first = v128.or(larger ? v128.ge<T>(x, y) : v128.le<T>(x, y), v128.ne<T>(x, x));
      v128.store(c, v128.bitselect(x, y, first));
      a += lanes * aStep, b += lanes * bStep, c += lanes * cStep;
    }
  }
  for (; i < n; ++i, a += aStep, b += bStep, c += cStep) {
    const x = load<T>(a), y = load<T>(b);
    store<T>(c, (larger ? x >= y : x <= y) || x != x ? x : y);
  }
}

export function maximum_ff_f(args: usize, dims: usize, steps: usize, data: usize): void {
  extreme<f32>(true, args, dims, steps, data);
}
export function maximum_dd_d(args: usize, dims: usize, steps: usize, data: usize): void {
  extreme<f64>(true, args, dims, steps, data);
}
export function minimum_ff_f(args: usize, dims: usize, steps: usize, data: usize): void {
  extreme<f32>(false, args, dims, steps, data);
}
export function minimum_dd_d(args: usize, dims: usize, steps: usize, data: usize): void {
  extreme<f64>(false, args, dims, steps, data);
}

// Four numbers at a time, as a formula is written.
// @ts-ignore: decorator
@inline function all(number: f32): v128 { return f32x4.splat(number); }
// @ts-ignore: decorator
@inline function plus(a: v128, b: v128): v128 { return f32x4.add(a, b); }
// @ts-ignore: decorator
@inline function minus(a: v128, b: v128): v128 { return f32x4.sub(a, b); }
// @ts-ignore: decorator
@inline function times(a: v128, b: v128): v128 { return f32x4.mul(a, b); }
// @ts-ignore: decorator
@inline function over(a: v128, b: v128): v128 { return f32x4.div(a, b); }
// @ts-ignore: decorator
@inline function where(condition: v128, a: v128, b: v128): v128 {
  return v128.bitselect(a, b, condition);
}
// @ts-ignore: decorator
@inline function signed(a: v128, like: v128): v128 {
  return v128.bitselect(like, a, i32x4.splat(0x80000000));
}
// @ts-ignore: decorator
@inline function twoTo(k: v128): v128 { // 2^k, for whole numbers k
  return i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(k), i32x4.splat(127)), 23);
}

// tanh |x| = m / (m + 2) with m = e^(2 |x|) - 1, written so that nothing cancels. The constants and
// the order of the steps are those of the C library that NumPy calls, without what makes no
// difference here: every number was compared. They are from tanhf and expm1f of musl, there from
// FreeBSD's msun: "Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Developed at
// SunPro, a Sun Microsystems, Inc. business. Permission to use, copy, modify, and distribute this
// software is freely granted, provided that this notice is preserved."
function tanh(x: v128): v128 {
  const one = all(1), two = all(2), a = f32x4.abs(x);
  const low = f32x4.le(a, all(reinterpret<f32>(0x3e82c578))); // log(5/3) / 2
  const high = f32x4.gt(a, all(reinterpret<f32>(0x3f0c9f54))); // log(3) / 2
  const y = times(two, where(low, f32x4.neg(a), a));

  // y = k log 2 + r + c
  const k = f32x4.trunc(plus(times(all(1.4426950216), y), signed(all(0.5), y)));
  const near = minus(y, times(k, all(6.9313812256e-1)));
  const rest = times(k, all(9.0580006145e-6));
  const r = minus(near, rest), c = minus(minus(near, r), rest);

  // e^(r + c) - 1 = r - e
  const half = times(all(0.5), r), square = times(r, half);
  const q = plus(all(-3.3333212137e-2), times(square, all(1.5807170421e-3)));
  const s = plus(one, times(square, q)), t = minus(all(3), times(s, half));
  const d = times(square, over(minus(s, t), minus(all(6), times(r, t))));
  const e = minus(minus(times(r, minus(d, c)), c), square);

  // m = 2^k (r - e + 1 - 2^-k)
  const m = times(plus(minus(r, e), minus(one, twoTo(f32x4.neg(k)))), twoTo(k));

  const ratio = over(where(high, two, where(low, f32x4.neg(m), m)), plus(m, two));
  const found = where(high, minus(one, ratio), ratio);
  return signed(where(f32x4.gt(a, all(10)), one, found), x);
}

export function tanh_f_f(args: usize, dims: usize, steps: usize, data: usize): void {
  const n = load<i32>(dims), xStep = load<i32>(steps), yStep = load<i32>(steps, 4);
  let x = load<usize>(args), y = load<usize>(args, 4), i = 0;
  if (xStep == 4 && yStep == 4) {
    for (; i <= n - 4; i += 4, x += 16, y += 16) v128.store(y, tanh(v128.load(x)));
  }
  for (; i < n; ++i, x += xStep, y += yStep) {
    store<f32>(y, f32x4.extract_lane(tanh(v128.load_splat<f32>(x)), 0));
  }
}
