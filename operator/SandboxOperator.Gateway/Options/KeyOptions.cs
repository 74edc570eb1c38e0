namespace SandboxOperator.Gateway.Options;

/// <summary>One API key. Section <c>Keys</c> is a list of them; when it is empty, any key will do.</summary>
internal sealed class KeyOptions
{
    public const string Section = "Keys";

    /// <summary>The key, or <c>sha256:</c> and the hexadecimal SHA-256 of it.</summary>
    public string Key { get; set; } = "";

    /// <summary>The project whose objects the key sees.</summary>
    public string Project { get; set; } = "default";

    /// <summary><c>project</c> or <c>admin</c>.</summary>
    public string Role { get; set; } = "project";
}
