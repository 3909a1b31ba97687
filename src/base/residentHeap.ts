/**
 * Environment of a process that trains: tells glibc to keep large blocks in its heap. By default a map of some
 * megabytes is a mapping of its own, given back to the system at every free; each step then spends a good part of its
 * time on fresh zeroed pages. The allocator reads the variables when a process starts, so they are set by the parent
 * (`mallopt(3)`); other allocators ignore them.
 */
export const residentHeap = {
  /** Bytes from which a block is a mapping of its own: never. */
  MALLOC_MMAP_THRESHOLD_: '4294967296',
  /** Free bytes at the heap's top from which they are given back: never. */
  MALLOC_TRIM_THRESHOLD_: '17179869184',
  /** Bytes by which the heap grows beyond what is asked for. */
  MALLOC_TOP_PAD_: '67108864',
} as const;
