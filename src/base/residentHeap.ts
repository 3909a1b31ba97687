/**
 * Environment of a process that trains: how glibc is to keep its heap. The allocator reads the variables when a process
 * starts, so they are set by the parent (`mallopt(3)`, glibc's manual on tunables); other allocators ignore them.
 *
 * By default a map of some megabytes is a mapping of its own, given back to the system at every free; each step then
 * spends a good part of its time on fresh zeroed pages.
 *
 * Without caches of small pieces: an aligned block leaves a sliver beside it, and when a cache hands that to somebody
 * else the place is too small for the next block of the very same size. The heap then grew from step to step, to nearly
 * twice what a step needs (fashion28 of the step bench: 1207 MB with the caches, 677 without, the same speed).
 */
export const residentHeap = {
  /** Bytes from which a block is a mapping of its own: never. */
  MALLOC_MMAP_THRESHOLD_: '4294967296',
  /** Free bytes at the heap's top from which they are given back: never. */
  MALLOC_TRIM_THRESHOLD_: '17179869184',
  /** Bytes by which the heap grows beyond what is asked for. */
  MALLOC_TOP_PAD_: '1048576',
  GLIBC_TUNABLES: 'glibc.malloc.tcache_count=0:glibc.malloc.mxfast=0',
} as const;
