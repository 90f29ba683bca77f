// curl's variadic calls, one for each type of argument, since Swift imports none of them. No policy.
#pragma once

#include <curl/curl.h>

static inline CURLcode curl_global_start(void) {
    return curl_global_init(CURL_GLOBAL_DEFAULT);
}

static inline CURLcode curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

/// curl copies the text; NULL puts the option back to its default.
static inline CURLcode curl_set_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode curl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

/// For CURLOPT_COPYPOSTFIELDS: curl copies as many bytes as CURLOPT_POSTFIELDSIZE_LARGE said before.
static inline CURLcode curl_set_bytes(CURL *handle, CURLoption option, const void *value) {
    return curl_easy_setopt(handle, option, value);
}

/// curl keeps the pointer: what it points to must outlive the exchange.
static inline CURLcode curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

/// curl keeps the list: free it after the exchange.
static inline CURLcode curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}

/// The write and header callbacks have one type.
typedef size_t (*curl_bytes_callback)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode curl_set_bytes_callback(CURL *handle, CURLoption option, curl_bytes_callback callback) {
    return curl_easy_setopt(handle, option, callback);
}

/// Called when a connection is ready, TLS and proxy tunnel included, before the first byte of the request leaves.
static inline CURLcode curl_set_prerequest_callback(CURL *handle, curl_prereq_callback callback) {
    return curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, callback);
}

static inline CURLcode curl_get_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode curl_get_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(handle, info, value);
}

/// What CURLOPT_PRIVATE was given.
static inline CURLcode curl_get_private(CURL *handle, void **value) {
    return curl_easy_getinfo(handle, CURLINFO_PRIVATE, value);
}
