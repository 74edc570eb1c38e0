namespace SandboxOperator.Kube.Events;

/// <summary>Whether an event is good news.</summary>
public enum EventType
{
    /// <summary>Something went as it should.</summary>
    Normal,

    /// <summary>Somebody should look.</summary>
    Warning,
}
