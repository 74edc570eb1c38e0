namespace SandboxOperator.Testing;
