// What libcrypto has as macros or wants as arrays of parameters, and one call that must not ask for a passphrase. No policy.
#pragma once

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/sha.h>

/// Without it libcrypto would ask on the terminal for the passphrase of an encrypted key.
static inline int crypto_no_passphrase(char *buffer, int size, int writing, void *context) {
    (void)buffer, (void)size, (void)writing, (void)context;
    return -1;
}

/// The private key in a PEM text of `count` bytes, PKCS#8 or PKCS#1; NULL when there is none that can be read. The text
/// is not kept. The caller frees the key with EVP_PKEY_free.
static inline EVP_PKEY *crypto_read_private_key(const void *bytes, int count) {
    BIO *text = BIO_new_mem_buf(bytes, count);
    EVP_PKEY *key = text ? PEM_read_bio_PrivateKey(text, NULL, crypto_no_passphrase, NULL) : NULL;
    BIO_free(text);
    ERR_clear_error();
    return key;
}

static inline int crypto_is_rsa(const EVP_PKEY *key) {
    return EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA;
}

/// HMAC-SHA-256 under a key of `count` bytes, which is copied; NULL when there is no memory. EVP_MAC_init with no key
/// begins the next message. The caller frees it with EVP_MAC_CTX_free.
static inline EVP_MAC_CTX *crypto_hmac_sha256(const void *key, size_t count) {
    OSSL_PARAM hash[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA256", 0), OSSL_PARAM_construct_end()};
    EVP_MAC *algorithm = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(algorithm);
    EVP_MAC_free(algorithm);    // the context keeps what it needs of it
    // No key at all would mean: the one that is set already.
    if (context && !EVP_MAC_init(context, key ? key : "", count, hash)) {
        EVP_MAC_CTX_free(context);
        return NULL;
    }
    return context;
}
