namespace SandboxOperator.Controller.Options;

/// <summary>The program that runs inside every sandbox. Section <c>Agent</c>.</summary>
internal sealed class AgentOptions
{
    public const string Section = "Agent";

    /// <summary>The agent's image, which also brings init and the kernel. Required.</summary>
    public string Image { get; set; } = "";

    /// <summary>When that image is pulled: <c>Always</c>, <c>IfNotPresent</c> or <c>Never</c>.</summary>
    public string ImagePullPolicy { get; set; } = "IfNotPresent";
}
