//! The names that may stand in the texts.

/// The key of the blocks. Provisional in the enhancement ("`servers` (?)").
pub const SERVERS: &str = "servers";

/// The key of the number of blocks. Provisional in the enhancement
/// ("`verification_duplication = 1`(?)").
pub const DUPLICATION: &str = "verification_duplication";

/// The agent's own table.
pub(super) const AGENT: &str = "agent";

pub(super) const REGISTRARS: &str = "registrars";
pub(super) const VERIFIERS: &str = "verifiers";
pub(super) const REGISTRAR_ADMIN: &str = "registrar_admin";

/// Keys of an agent's block.
pub(super) const AGENT_BLOCK: &[&str] = &[REGISTRARS, VERIFIERS];

/// Keys of a block of `limescope.toml`.
pub const CONSOLE_BLOCK: &[&str] = &["name", REGISTRARS, VERIFIERS, REGISTRAR_ADMIN, "tls"];

/// Keys of the root of `limescope.toml`.
pub const CONSOLE_ROOT: &[&str] = &[
    DUPLICATION,
    "poll_interval_s",
    "stale_after_s",
    "read_only",
    "anchor",
    "vendor_roots",
    "theme",
    "keys",
    SERVERS,
];

/// Keys of `[servers.tls]` in `limescope.toml`.
pub const CONSOLE_TLS: &[&str] =
    &["ca", "cert", "key", "key_passphrase_file", "key_passphrase_env", "hostname", "expect_name"];

/// Keys of `[agent]` that the blocks replace.
pub const LEGACY_KEYS: [&str; 5] =
    ["registrar_ip", "registrar_port", "registrar_tls_port", "registrar_tls_enabled", "verifier_url"];

/// Keys that today's agent knows in `[agent]` (rust-keylime, `config/base.rs`).
pub const AGENT_KEYS: [&str; 70] = [
    "agent_data_path",
    "allow_payload_revocation_actions",
    "api_versions",
    "attestation_interval_seconds",
    "certification_keys_server_identifier",
    "contact_ip",
    "contact_port",
    "dec_payload_file",
    "disabled_signing_algorithms",
    "ek_handle",
    "enable_agent_mtls",
    "enable_iak_idevid",
    "enable_insecure_payload",
    "enable_revocation_notifications",
    "enc_keyname",
    "exponential_backoff_initial_delay",
    "exponential_backoff_max_delay",
    "exponential_backoff_max_retries",
    "extract_payload_zip",
    "iak_cert",
    "iak_handle",
    "iak_idevid_asymmetric_alg",
    "iak_idevid_name_alg",
    "iak_idevid_template",
    "iak_password",
    "idevid_cert",
    "idevid_handle",
    "idevid_password",
    "ima_ml_count_file",
    "ima_ml_directory_path",
    "ima_ml_path",
    "ip",
    "keylime_dir",
    "measuredboot_ml_count_file",
    "measuredboot_ml_directory_path",
    "measuredboot_ml_path",
    "payload_key",
    "payload_key_password",
    "payload_script",
    "port",
    "registrar_api_versions",
    "registrar_ip",
    "registrar_port",
    "registrar_tls_ca_cert",
    "registrar_tls_client_cert",
    "registrar_tls_client_key",
    "registrar_tls_enabled",
    "registrar_tls_port",
    "revocation_actions",
    "revocation_actions_dir",
    "revocation_cert",
    "revocation_notification_ip",
    "revocation_notification_port",
    "run_as",
    "secure_size",
    "server_cert",
    "server_key",
    "server_key_password",
    "tls_accept_invalid_certs",
    "tls_accept_invalid_hostnames",
    "tpm_encryption_alg",
    "tpm_hash_alg",
    "tpm_ownerpassword",
    "tpm_signing_alg",
    "trusted_client_ca",
    "uefi_logs_evidence_version",
    "uuid",
    "verifier_tls_ca_cert",
    "verifier_url",
    "version",
];
