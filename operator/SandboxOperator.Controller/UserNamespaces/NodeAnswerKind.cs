namespace SandboxOperator.Controller.UserNamespaces;

/// <summary>What the nodes that a runtime's pods may come to say of user namespaces.</summary>
internal enum NodeAnswerKind
{
    /// <summary>Each of them has them.</summary>
    AllReport,

    /// <summary>At least one does not say that it has them.</summary>
    OneDoesNot,

    /// <summary>There is none.</summary>
    NoNode,

    /// <summary>They could not be asked.</summary>
    Unread,
}
