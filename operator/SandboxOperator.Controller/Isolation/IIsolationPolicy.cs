namespace SandboxOperator.Controller.Isolation;

/// <summary>The network policy that stands in every namespace with sandboxes, before the first of them.</summary>
internal interface IIsolationPolicy
{
    /// <summary>Makes sure that the policy is there. Cheap when it is: every pod's maker awaits it.</summary>
    /// <param name="namespace">The namespace.</param>
    /// <param name="token">Stops waiting.</param>
    /// <returns>When it stands.</returns>
    /// <exception cref="Kube.Client.KubeException">It could not be written: no pod may be made.</exception>
    Task EnsureAsync(string @namespace, CancellationToken token);
}
