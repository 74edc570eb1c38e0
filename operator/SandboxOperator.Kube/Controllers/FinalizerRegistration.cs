namespace SandboxOperator.Kube.Controllers;

/// <summary>A finalizer and the mark that stands for it in <c>metadata.finalizers</c>.</summary>
internal sealed record FinalizerRegistration<TEntity>(string Identifier, Type Type);
