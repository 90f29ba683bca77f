#include "version.h"

const char *const version_commit = ACTIVITY_BACKFILL_COMMIT;
