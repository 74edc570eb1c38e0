namespace SandboxOperator.Controller.Options;

/// <summary>Which cluster. Section <c>Kube</c>. In a pod, its service account unless a file is named.</summary>
internal sealed class KubeOptions
{
    public const string Section = "Kube";

    /// <summary>A kubeconfig; when absent <c>KUBECONFIG</c> or <c>~/.kube/config</c>.</summary>
    public string? Config { get; set; }

    /// <summary>The kubeconfig's context; when absent its current one.</summary>
    public string? Context { get; set; }
}
