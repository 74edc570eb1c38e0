using k8s;
using k8s.Models;

namespace SandboxOperator.Kube.Events;

/// <summary>Tells people what happened to an object: <c>kubectl describe</c> and <c>kubectl get events</c>.</summary>
public interface IEventPublisher
{
    /// <summary>
    /// Publishes an event in the background. The same again raises its count. Nothing waits and nothing fails: when the
    /// server is behind, the oldest events are dropped and counted in the metrics.
    /// </summary>
    /// <param name="entity">What it is about.</param>
    /// <param name="reason">Why, in one word in CamelCase.</param>
    /// <param name="message">What happened, in a sentence.</param>
    /// <param name="type">Whether it is good news.</param>
    /// <typeparam name="T">The kind.</typeparam>
    void Publish<T>(T entity, string reason, string message, EventType type = EventType.Normal)
        where T : IKubernetesObject<V1ObjectMeta>;
}
