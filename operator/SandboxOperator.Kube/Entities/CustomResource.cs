using k8s;
using k8s.Models;

namespace SandboxOperator.Kube.Entities;

/// <summary>A custom resource: metadata, and a spec and a status of plain types that know nothing of Kubernetes.</summary>
/// <typeparam name="TSpec">What the resource should be.</typeparam>
/// <typeparam name="TStatus">What it is.</typeparam>
public abstract class CustomResource<TSpec, TStatus> : IKubernetesObject<V1ObjectMeta>, ISpec<TSpec>, IStatus<TStatus?>
    where TSpec : class, new()
    where TStatus : class
{
    /// <summary>Group and version.</summary>
    public string ApiVersion { get; set; } = "";

    /// <summary>The kind.</summary>
    public string Kind { get; set; } = "";

    /// <summary>Name, namespace, labels, owners and so on.</summary>
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>What the resource should be.</summary>
    public TSpec Spec { get; set; } = new();

    /// <summary>What the resource is; absent until the controller has seen it.</summary>
    public TStatus? Status { get; set; }
}
