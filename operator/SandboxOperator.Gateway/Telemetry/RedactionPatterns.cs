namespace SandboxOperator.Gateway.Telemetry;

/// <summary>Secrets that are known by their form. All are searched without backtracking.</summary>
internal static class RedactionPatterns
{
    public static IReadOnlyList<string> Known { get; } =
    [
        // Keys of model providers, of GitHub, GitLab, Slack, Google and Amazon.
        @"\bsk-[A-Za-z0-9_-]{16,}",
        @"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})",
        @"\bglpat-[A-Za-z0-9_-]{20,}",
        @"\bxox[abposr]-[A-Za-z0-9-]{10,}",
        @"\bAIza[A-Za-z0-9_-]{35}",
        @"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
        // Tokens of any issuer, as they travel.
        @"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*",
        @"(?i)\bbearer\s+[A-Za-z0-9._~+/=-]{16,}",
        // Private keys, cut ones too.
        @"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\z)",
        // User and password in an address.
        @"://[^/\s:@""']+:[^/\s:@""']+@",
        // What is called a secret where it is written down.
        @"(?i)\b(?:api[_-]?key|client[_-]?secret|secret[_-]?key|secret|auth[_-]?token|access[_-]?token|token|password|passwd)[""']?\s*[:=]\s*[""'][^""'\s]{8,}[""']",
    ];
}
