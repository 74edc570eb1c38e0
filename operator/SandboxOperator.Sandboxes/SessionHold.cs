namespace SandboxOperator.Sandboxes;

/// <summary>Whether a session made by hand now belongs to a thread.</summary>
public enum SessionHold
{
    /// <summary>It belongs to the thread, and to no other.</summary>
    Held,

    /// <summary>There is none that the thread could have: no such name, another project's, another thread's, or ended.</summary>
    NotFound,

    /// <summary>Sessions cannot be made by hand on this backend.</summary>
    NotSupported,
}
