// What Glibc declares only under _GNU_SOURCE, and so does not import into Swift. No policy: one call, one name.
#pragma once

#include <fcntl.h>

#ifndef F_SETPIPE_SZ
#define F_SETPIPE_SZ 1031
#endif

/// fcntl(F_SETPIPE_SZ): asks the kernel for a pipe of `bytes`; -1 when the descriptor is no pipe or the size is refused.
static inline int system_set_pipe_size(int descriptor, int bytes) {
    return fcntl(descriptor, F_SETPIPE_SZ, bytes);
}
