// The inner loops of np.matmul for float32 and float64, with SIMD.
//
// NumPy calls a loop with (char **args, npy_intp *dims, npy_intp *steps, void *data). It wants
//
//     C[l, i, j] = sum over k of A[l, i, k] B[l, k, j],
//
// with l < dims[0], i < dims[1], k < dims[2], j < dims[3]. The steps, in bytes, are those of l in
// A, B and C, then of i and k in A, of k and j in B, of i and j in C. They may be anything: 0,
// negative, no multiple of a number's size. C overlaps neither A nor B: NumPy sees to that.
//
// Each sum begins with 0 and takes its terms from k = 0 on, one rounding after another, as in
// NumPy's own loop. So each number is the same, to the last bit. What makes the difference is that
// several sums grow at once, and that what they need lies close by (Goto and van de Geijn 2008,
// "Anatomy of high-performance matrix multiplication"): B is cut into panels, as wide as a tile of
// C, and copied so that a panel is read from one end to the other; the sums of a tile stay in
// registers while a panel passes.

// Memory of this library alone: the dynamic linker puts it at __memory_base. First the tile, then
// the panels.
// @ts-ignore: decorator
@external("env", "__memory_base") declare const TILE: usize;

const ROWS: i32 = 4; // of a tile
const WIDTH: i32 = 32; // of a row of a tile, and of a panel, in bytes: two vectors
const DEPTH: i32 = 384; // rows of a panel: 12 KB, which stay in the first cache
const PANELS: i32 = 48; // at a time: they stay in the second cache
const BLOCK: i32 = 64; // rows of A that pass by a panel before the next one

const FIRST_PANEL: usize = ROWS * WIDTH;

// How many bytes that is; build.mjs tells the linker.
export const memory_size: i32 = ROWS * WIDTH + PANELS * DEPTH * WIDTH;

// @ts-ignore: decorator
@inline function min(a: i32, b: i32): i32 { return a < b ? a : b; }

// Copy rows of numbers, no wider than a tile.
function copy<T>(
  to: usize, toRow: i32, toColumn: i32,
  from: usize, fromRow: i32, fromColumn: i32, rows: i32, columns: i32,
): void {
  const size: i32 = sizeof<T>();
  const whole = columns * size == WIDTH && toColumn == size && fromColumn == size;
  for (let row = 0; row < rows; ++row, to += toRow, from += fromRow) {
    if (whole) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
    } else {
      let x = from, y = to;
      for (let j = 0; j < columns; ++j, x += fromColumn, y += toColumn) store<T>(y, load<T>(x));
    }
  }
}

// The tile becomes, or grows by, up to four rows of A times a panel.
function multiply<T>(
  a: usize, rows: i32, aRow: i32, aColumn: i32, panel: usize, depth: i32, grow: bool,
): void {
  // Instead of a row that A does not have, the one before: nothing outside of A is read.
  let a1 = a + (rows > 1 ? aRow : 0);
  let a2 = a1 + (rows > 2 ? aRow : 0);
  let a3 = a2 + (rows > 3 ? aRow : 0);
  let c00 = v128.splat<T>(0), c10 = c00, c20 = c00, c30 = c00;
  let c01 = c00, c11 = c00, c21 = c00, c31 = c00;
  if (grow) {
    c00 = v128.load(TILE), c01 = v128.load(TILE, 16);
    c10 = v128.load(TILE, 32), c11 = v128.load(TILE, 48);
    c20 = v128.load(TILE, 64), c21 = v128.load(TILE, 80);
    c30 = v128.load(TILE, 96), c31 = v128.load(TILE, 112);
  }
  for (const end = panel + depth * WIDTH; panel < end; panel += WIDTH) {
    const b0 = v128.load(panel), b1 = v128.load(panel, 16);
    const x0 = v128.load_splat<T>(a), x1 = v128.load_splat<T>(a1);
    const x2 = v128.load_splat<T>(a2), x3 = v128.load_splat<T>(a3);
    c00 = v128.add<T>(v128.mul<T>(x0, b0), c00), c01 = v128.add<T>(v128.mul<T>(x0, b1), c01);
    c10 = v128.add<T>(v128.mul<T>(x1, b0), c10), c11 = v128.add<T>(v128.mul<T>(x1, b1), c11);
    c20 = v128.add<T>(v128.mul<T>(x2, b0), c20), c21 = v128.add<T>(v128.mul<T>(x2, b1), c21);
    c30 = v128.add<T>(v128.mul<T>(x3, b0), c30), c31 = v128.add<T>(v128.mul<T>(x3, b1), c31);
    a += aColumn, a1 += aColumn, a2 += aColumn, a3 += aColumn;
  }
  v128.store(TILE, c00), v128.store(TILE, c01, 16);
  v128.store(TILE, c10, 32), v128.store(TILE, c11, 48);
  v128.store(TILE, c20, 64), v128.store(TILE, c21, 80);
  v128.store(TILE, c30, 96), v128.store(TILE, c31, 112);
}

// One product, tile by tile: C is m x p, A m x n, B n x p.
function tiled<T>(
  a: usize, b: usize, c: usize, m: i32, n: i32, p: i32,
  aRow: i32, aColumn: i32, bRow: i32, bColumn: i32, cRow: i32, cColumn: i32,
): void {
  const size: i32 = sizeof<T>(), width: i32 = WIDTH / size;
  for (let left = 0; left < p; left += PANELS * width) {
    const right = min(left + PANELS * width, p);
    for (let top = 0; top < n; top += DEPTH) {
      const depth = min(DEPTH, n - top);
      let panel = TILE + FIRST_PANEL;
      for (let j = left; j < right; j += width, panel += depth * WIDTH) {
        const from = b + top * bRow + j * bColumn;
        copy<T>(panel, WIDTH, size, from, bRow, bColumn, depth, min(width, right - j));
      }
      for (let block = 0; block < m; block += BLOCK) {
        panel = TILE + FIRST_PANEL;
        for (let j = left; j < right; j += width, panel += depth * WIDTH) {
          const columns = min(width, right - j);
          for (let i = block; i < min(block + BLOCK, m); i += ROWS) {
            const rows = min(ROWS, m - i), at = c + i * cRow + j * cColumn, grow = top > 0;
            if (grow) copy<T>(TILE, WIDTH, size, at, cRow, cColumn, rows, columns);
            multiply<T>(a + i * aRow + top * aColumn, rows, aRow, aColumn, panel, depth, grow);
            copy<T>(at, cRow, cColumn, TILE, WIDTH, size, rows, columns);
          }
        }
      }
    }
  }
}

// One product, number by number.
function plain<T>(
  a: usize, b: usize, c: usize, m: i32, n: i32, p: i32,
  aRow: i32, aColumn: i32, bRow: i32, bColumn: i32, cRow: i32, cColumn: i32,
): void {
  for (let i = 0; i < m; ++i) {
    for (let j = 0; j < p; ++j) {
      let sum: T = 0;
      let x = a + i * aRow, y = b + j * bColumn;
      for (let k = 0; k < n; ++k, x += aColumn, y += bRow) sum += load<T>(x) * load<T>(y);
      store<T>(c + i * cRow + j * cColumn, sum);
    }
  }
}

// How long `tiled` takes to copy B (n x p) and C (m x p): longer where neighbors lie apart.
// @ts-ignore: decorator
@inline function copying<T>(m: i32, n: i32, p: i32, bColumn: i32, cColumn: i32): f64 {
  const size: i32 = sizeof<T>();
  return <f64>p * ((bColumn == size ? n : 8 * n) + (cColumn == size ? m : 8 * m));
}

// @ts-ignore: decorator
@inline function matmul<T>(args: usize, dims: usize, steps: usize): void {
  const m = load<i32>(dims, 4), n = load<i32>(dims, 8), p = load<i32>(dims, 12);
  const aRow = load<i32>(steps, 12), aColumn = load<i32>(steps, 16);
  const bRow = load<i32>(steps, 20), bColumn = load<i32>(steps, 24);
  const cRow = load<i32>(steps, 28), cColumn = load<i32>(steps, 32);
  const small = <f64>m * p < 4 || <f64>m * n * p < 256;
  const turned = copying<T>(p, n, m, aRow, cRow) < copying<T>(m, n, p, bColumn, cColumn);
  let a = load<usize>(args), b = load<usize>(args, 4), c = load<usize>(args, 8);
  for (let l = 0; l < load<i32>(dims); ++l) {
    if (small) plain<T>(a, b, c, m, n, p, aRow, aColumn, bRow, bColumn, cRow, cColumn);
    else if (turned) // C' = B' A'
      tiled<T>(b, a, c, p, n, m, bColumn, bRow, aColumn, aRow, cColumn, cRow);
    else tiled<T>(a, b, c, m, n, p, aRow, aColumn, bRow, bColumn, cRow, cColumn);
    a += load<i32>(steps), b += load<i32>(steps, 4), c += load<i32>(steps, 8);
  }
}

// Named for the function of NumPy and the entry of its `types`.
export function matmul_ff_f(args: usize, dims: usize, steps: usize, data: usize): void {
  matmul<f32>(args, dims, steps);
}

export function matmul_dd_d(args: usize, dims: usize, steps: usize, data: usize): void {
  matmul<f64>(args, dims, steps);
}
