// What libcrypto has as macros, and one call that must not ask for a passphrase. No policy.
#pragma once

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
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
