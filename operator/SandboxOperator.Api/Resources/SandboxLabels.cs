namespace SandboxOperator.Api.Resources;

/// <summary>Labels on pods and resources.</summary>
public static class SandboxLabels
{
    /// <summary>On every sandbox pod from birth, with the value <c>true</c>: network policy selects by it.</summary>
    public const string Sandbox = ResourceGroup.Name + "/sandbox";

    /// <summary>The session that a pod belongs to; absent on warm pods.</summary>
    public const string Session = ResourceGroup.Name + "/session";

    /// <summary>The pool that a pod was made for.</summary>
    public const string Pool = ResourceGroup.Name + "/pool";

    /// <summary>The runtime that a pod was made from.</summary>
    public const string Runtime = ResourceGroup.Name + "/runtime";

    /// <summary>The hash of what the pod was made from: warm pods of another hash are replaced.</summary>
    public const string RuntimeHash = ResourceGroup.Name + "/runtime-hash";
}
