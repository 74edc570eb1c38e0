namespace SandboxOperator.Controller.Options;

/// <summary>Where <c>/livez</c>, <c>/readyz</c> and <c>/metrics</c> are served. Section <c>Listen</c>.</summary>
internal sealed class ListenOptions
{
    public const string Section = "Listen";

    /// <summary>An address, or <c>*</c> for every one.</summary>
    public string Host { get; set; } = "*";

    /// <summary>0 takes a free one.</summary>
    public int Port { get; set; } = 8081;
}
