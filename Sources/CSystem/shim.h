// What Glibc declares only under _GNU_SOURCE, and so does not import into Swift. No policy: one call, one name.
#pragma once

#include <fcntl.h>
#include <linux/falloc.h>
#include <sys/prctl.h>

#ifndef F_SETPIPE_SZ
#define F_SETPIPE_SZ 1031
#endif

/// prctl(PR_SET_DUMPABLE, 0): from now on the process leaves no core dump, and no other process of the user reads it.
static inline int system_forbid_dumps(void) {
    return prctl(PR_SET_DUMPABLE, 0);
}

/// fallocate(FALLOC_FL_KEEP_SIZE): takes `bytes` behind `offset` from the file system for the file, whose size stays.
static inline int system_reserve(int descriptor, off_t offset, off_t bytes) {
    return fallocate(descriptor, FALLOC_FL_KEEP_SIZE, offset, bytes);
}

/// fcntl(F_SETPIPE_SZ): asks the kernel for a pipe of `bytes`; -1 when the descriptor is no pipe or the size is refused.
static inline int system_set_pipe_size(int descriptor, int bytes) {
    return fcntl(descriptor, F_SETPIPE_SZ, bytes);
}
