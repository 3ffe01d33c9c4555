package io.sluice.config;

import java.nio.file.Path;

/**
 * One more certificate of a listener.
 *
 * @param certificate a PEM file with the chain, leaf first
 * @param key a PEM file with the unencrypted PKCS #8 private key
 */
public record TlsPairConfig(Path certificate, Path key) {}
