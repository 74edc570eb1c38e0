namespace SandboxOperator.Gateway.Options;

/// <summary>The model that answers: any endpoint that speaks Chat Completions. Section <c>Upstream</c>.</summary>
internal sealed class UpstreamOptions
{
    public const string Section = "Upstream";

    /// <summary>With its version path, such as <c>https://host/v1</c>; null for none. Also <c>OPENAI_BASE_URL</c>.</summary>
    public string? BaseUrl { get; set; }

    /// <summary>Also <c>OPENAI_API_KEY</c>.</summary>
    public string? ApiKey { get; set; }

    /// <summary>The longest a forwarded request may take.</summary>
    public int ForwardSeconds { get; set; } = 600;
}
