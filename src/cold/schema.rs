// @generated
