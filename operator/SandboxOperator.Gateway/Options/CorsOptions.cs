namespace SandboxOperator.Gateway.Options;

/// <summary>Which web pages may use the API from a browser. Section <c>Cors</c>.</summary>
internal sealed class CorsOptions
{
    public const string Section = "Cors";

    /// <summary>Origins such as <c>https://app.example</c>, or <c>*</c>. Pages of this machine always may.</summary>
    public List<string> Origins { get; set; } = [];

    public bool Allows(string origin) =>
        Origins.Contains("*", StringComparer.Ordinal)
        || Origins.Contains(origin, StringComparer.OrdinalIgnoreCase)
        || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.IsLoopback);
}
