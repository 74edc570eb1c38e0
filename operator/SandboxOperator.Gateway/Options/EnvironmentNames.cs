namespace SandboxOperator.Gateway.Options;

/// <summary>The short environment variables, each another name of a setting.</summary>
internal static class EnvironmentNames
{
    private static readonly (string Variable, string Setting)[] Names =
    [
        ("PORT", "Listen:Port"),
        ("HOST", "Listen:Host"),
        ("DATA_DIR", "Data:Directory"),
        ("OPENAI_BASE_URL", "Upstream:BaseUrl"),
        ("OPENAI_API_KEY", "Upstream:ApiKey"),
    ];

    /// <summary>The settings that short variables make; empty ones count as not set.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> Read(Func<string, string?> variable) =>
        from name in Names
        let value = variable(name.Variable)
        where !string.IsNullOrEmpty(value)
        select KeyValuePair.Create(name.Setting, (string?)value);
}
