// curl's variadic calls, one for each type of argument, since Swift imports none of them. No policy.
#pragma once

#include <curl/curl.h>
