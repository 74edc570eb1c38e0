// Flows that make sense only where sandboxes are processes of this machine, and why. All others run with pods, too.
export const localOnly = {};
