import { UserError } from '../base/errors.ts';

/** What a person forbids the search. */
export interface Restrictions {
  /** By choice block: the candidate it is locked to. */
  locked: (number | null)[];
  /** By choice block: candidates it may not take. */
  banned: number[][];
}

export interface Steering {
  /** Choice block and candidate, by number. */
  block: number;
  candidate: number;
  action: 'lock' | 'ban' | 'free';
}

export function unrestricted(blocks: number): Restrictions {
  return { locked: new Array<null>(blocks).fill(null), banned: Array.from({ length: blocks }, () => []) };
}

/** Whether a block may take a candidate. */
export function isAllowed({ locked, banned }: Restrictions, block: number, candidate: number): boolean {
  return locked[block] === null ? !banned[block].includes(candidate) : locked[block] === candidate;
}

/** Candidates a block may take, in order. @param candidates how many it has */
export function allowedIn(restrictions: Restrictions, block: number, candidates: number): number[] {
  return Array.from({ length: candidates }, (_, i) => i).filter(i => isAllowed(restrictions, block, i));
}

/**
 * The restrictions after a person locked, banned or freed a candidate. A lock lifts the candidate's ban, a ban its lock;
 * to free a banned candidate lifts its ban, to free another one the block's lock.
 *
 * @param blocks name and candidates' names of every choice block
 * @throws UserError when there is no such candidate, or none would be left
 */
export function steered(
  { locked, banned }: Restrictions,
  { block, candidate, action }: Steering,
  blocks: readonly { name: string; candidates: readonly string[] }[],
): Restrictions {
  const name = blocks[block]?.candidates[candidate];
  if (name === undefined)
    throw new UserError(`there is no candidate ${candidate} of choice block ${block} in this search space`);
  const wasBanned = banned[block].includes(candidate);
  const others = banned[block].filter(other => other !== candidate);
  const withBlock = (lock: number | null, bans: number[]): Restrictions => ({
    locked: locked.with(block, lock),
    banned: banned.with(block, bans),
  });
  switch (action) {
    case 'lock':
      return withBlock(candidate, others);
    case 'free':
      return wasBanned ? withBlock(locked[block], others) : withBlock(null, banned[block]);
    case 'ban':
      if (others.length === blocks[block].candidates.length - 1)
        throw new UserError(
          `${name} is the last candidate that ${blocks[block].name} may take: free another one before you ban it`,
        );
      return withBlock(
        locked[block] === candidate ? null : locked[block],
        [...others, candidate].sort((a, b) => a - b),
      );
  }
}
