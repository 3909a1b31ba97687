import { Random } from '../base/random.ts';
import { nonNegativeLeastSquares } from './leastSquares.ts';

/** A whole network: the operators it is a sum of (one key per use; free ones left out) and its measured time. */
export interface MeasuredNetwork {
  operators: readonly string[];
  ms: number;
}

export interface Fit {
  /** Time in ms of a network without operators: the call, input and output, whatever no operator accounts for. */
  constantMs: number;
  /** Cost in ms of each operator inside a network. */
  costsMs: Map<string, number>;
  /** Mean factor between isolated figures and the cost in a network. */
  scale: number;
  /** Weight of the prior, chosen by cross-validation. */
  ridge: number;
  /** Root mean square relative error of the cross-validation, on networks of the fit; null for a single network. */
  crossValidationError: number | null;
}

/** Strongest first: of equals the prior wins. */
const RIDGES = [1, 0.1, 3e-2, 1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 1e-5, 1e-6];
const FOLDS = 5;

/**
 * Costs of operators inside networks: relative error of whole networks is minimised over non-negative costs and a
 * constant, with a ridge towards the scaled isolated figures, since there are about as many unknowns as networks:
 *
 *     min_{t, c >= 0}  1/N sum_n ((c + sum_o count_no t_o - y_n) / y_n)^2
 *                      + ridge ( sum_o ((t_o - s p_o) / w_o)^2 + ((c - e) / w)^2 )
 *
 * with isolated figures p, the empty call e, the least-squares factor s between sums of p and y - e, w the mean of s p and
 * w_o = s p_o + w / 10, so that an operator isolated as next to nothing can still be given a cost.
 * @param isolatedMs isolated time in ms of every operator of the networks, without the call
 * @param emptyMs time in ms of a call without work
 */
export function fitCosts(
  isolatedMs: ReadonlyMap<string, number>,
  emptyMs: number,
  networks: readonly MeasuredNetwork[],
): Fit {
  const problem = setUp(isolatedMs, emptyMs, networks);
  const order = new Random(1, 'folds').shuffle(networks.map((_, index) => index));
  const { ridge, error } = chooseRidge(problem, order);
  const x = solve(problem, ridge, order);
  return {
    constantMs: x[0] * problem.widths[0],
    costsMs: new Map(problem.keys.map((key, index) => [key, x[index + 1] * problem.widths[index + 1]])),
    scale: problem.scale,
    ridge,
    crossValidationError: error,
  };
}

/** The ridge of least error in cross-validation; the strongest when there is nothing to validate on. */
function chooseRidge(problem: Problem, order: readonly number[]): { ridge: number; error: number | null } {
  const folds = Math.min(FOLDS, order.length);
  if (folds < 2) return { ridge: RIDGES[0], error: null };
  const errors = RIDGES.map(ridge => {
    let squares = 0;
    for (let fold = 0; fold < folds; fold++) {
      const rest = order.filter((_, place) => place % folds !== fold);
      const x = solve(problem, ridge, rest);
      for (let place = fold; place < order.length; place += folds) {
        squares += (dot(problem.rows[order[place]], x) - 1) ** 2;
      }
    }
    return Math.sqrt(squares / order.length);
  });
  const error = Math.min(...errors);
  return { ridge: RIDGES[errors.indexOf(error)], error };
}

/** Unknowns divided by their widths, rows by their network's time: column 0 is the constant, then one per operator. */
interface Problem {
  keys: string[];
  rows: Float64Array[];
  widths: Float64Array;
  prior: Float64Array;
  scale: number;
}

function setUp(
  isolatedMs: ReadonlyMap<string, number>,
  emptyMs: number,
  networks: readonly MeasuredNetwork[],
): Problem {
  const keys = [...isolatedMs.keys()];
  const column = new Map(keys.map((key, index) => [key, index + 1]));
  const sums = networks.map(({ operators }) => operators.reduce((sum, key) => sum + isolatedMs.get(key)!, 0));
  const times = networks.map(network => network.ms);
  const scale = relativeScale(sums, times, emptyMs);
  const scaled = [emptyMs, ...keys.map(key => scale * isolatedMs.get(key)!)];
  const mean = scaled.reduce((sum, value) => sum + value, -emptyMs) / Math.max(1, keys.length);
  const widths = Float64Array.from(scaled, (value, j) => (j === 0 ? Math.max(mean, 1e-6) : value + 0.1 * mean + 1e-9));
  const rows = networks.map(({ operators, ms }) => {
    const row = new Float64Array(widths.length);
    row[0] = widths[0] / ms;
    for (const key of operators) row[column.get(key)!] += widths[column.get(key)!] / ms;
    return row;
  });
  return { keys, rows, widths, scale, prior: Float64Array.from(scaled, (value, j) => value / widths[j]) };
}

/** Factor s of least `sum ((constant + s x - y) / y)^2`. */
function relativeScale(x: readonly number[], y: readonly number[], constant: number): number {
  let products = 0;
  let squares = 0;
  for (let n = 0; n < x.length; n++) {
    products += (x[n] / y[n]) * (1 - constant / y[n]);
    squares += (x[n] / y[n]) ** 2;
  }
  // Networks as fast as the empty call would make it 0 or less, and the prior of every operator with it.
  return squares > 0 ? Math.max(products / squares, 0.01) : 1;
}

function solve({ rows, prior }: Problem, ridge: number, networks: readonly number[]): Float64Array {
  const weights = new Float64Array(prior.length).fill(ridge * networks.length);
  const ones = new Float64Array(networks.length).fill(1);
  const chosen = networks.map(n => rows[n]);
  return nonNegativeLeastSquares(chosen, ones, weights, prior);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
