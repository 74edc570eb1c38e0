namespace SandboxOperator.Gateway.Options;

/// <summary>The upstream's address as it is asked and shown: without user and password, query, and last slash.</summary>
/// <remarks>An address that carries a secret must not show it in errors, logs or checks.</remarks>
internal static class UpstreamAddress
{
    /// <param name="baseUrl">As the settings have it.</param>
    public static string Of(string baseUrl) =>
        Uri.TryCreate(baseUrl.Trim(), UriKind.Absolute, out var uri)
            ? uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/')
            : "(no address)";
}
