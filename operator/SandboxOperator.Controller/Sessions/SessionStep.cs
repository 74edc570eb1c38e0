namespace SandboxOperator.Controller.Sessions;

/// <summary>What a session needs next.</summary>
internal enum SessionStep
{
    /// <summary>Its time has come: its end is written down, if nobody has used it meanwhile.</summary>
    End,

    /// <summary>It is over: its pods go, the object stays for a while.</summary>
    Retain,

    /// <summary>It was over long enough: the object goes.</summary>
    Remove,

    /// <summary>Its pods go, it goes on.</summary>
    Suspend,

    /// <summary>It has a pod; whatever other pods it has go.</summary>
    Keep,

    /// <summary>It needs a pod, once it is certain that the one that it had is lost.</summary>
    Obtain,

    /// <summary>Its pod failed before it was ever ready: the next one follows later, not in a hot loop.</summary>
    Pause,
}
