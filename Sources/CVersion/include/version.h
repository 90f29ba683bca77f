// What only a compiler flag can bring into a program. Its own target, so that a new commit compiles nothing but this.
#pragma once

/// The commit that the build was told it is of, as `aeae353` or `aeae353-dirty`; empty when it was told none.
extern const char *const version_commit;
